package io.freshet.server.request;

import io.freshet.server.body.RequestException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.nio.ByteBuffer;

/** The part of a body after its JSON: the values of the binary inputs, in their order. Not thread-safe. */
final class BinarySection {
    private final ByteBuffer bytes;

    BinarySection(Buffer bytes) {
        this.bytes = ((BufferInternal) bytes).getByteBuf().nioBuffer();
    }

    /**
     * Returns the next {@code size} bytes, not copied.
     *
     * @param input the name of the input in messages
     */
    ByteBuffer take(String input, long size) throws RequestException {
        if (size < 0 || size > bytes.remaining()) {
            throw RequestException.bad(
                    input + ".parameters.binary_data_size",
                    size,
                    "up to " + bytes.remaining() + ", the bytes left after the JSON");
        }
        ByteBuffer taken = bytes.slice().limit((int) size);
        bytes.position(bytes.position() + (int) size);
        return taken;
    }

    void requireEnd() throws RequestException {
        if (bytes.hasRemaining()) {
            throw RequestException.bad(
                    "body", bytes.remaining() + " bytes too many", "as many as all binary_data_size together");
        }
    }
}
