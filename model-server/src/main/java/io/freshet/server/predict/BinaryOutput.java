package io.freshet.server.predict;

import io.freshet.server.request.Datatype;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Collects the values of an output in binary form: little-endian, row by row. A BYTES value is preceded by its length in
 * four bytes; a BOOL value is one byte. A missing number is NaN or -1, a missing text is empty.
 */
public final class BinaryOutput implements TensorValues {
    private static final int INITIAL_BYTES = 256;

    private final Datatype datatype;
    private ByteBuffer bytes = ByteBuffer.allocate(INITIAL_BYTES).order(ByteOrder.LITTLE_ENDIAN);

    public BinaryOutput(Datatype datatype) {
        this.datatype = datatype;
    }

    /** Returns the bytes collected, not copied. */
    public ByteBuffer bytes() {
        return bytes.duplicate().flip();
    }

    @Override
    public void number(float value) {
        room(Float.BYTES).putFloat(value);
    }

    @Override
    public void number(double value) {
        room(Double.BYTES).putDouble(value);
    }

    @Override
    public void number(long value) {
        room(Long.BYTES).putLong(value);
    }

    @Override
    public void flag(boolean value) {
        room(1).put((byte) (value ? 1 : 0));
    }

    @Override
    public void text(String value) {
        byte[] text = value.getBytes(StandardCharsets.UTF_8);
        room(Integer.BYTES + text.length).putInt(text.length).put(text);
    }

    @Override
    public void missing() {
        substitute(datatype);
    }

    private ByteBuffer room(int more) {
        if (bytes.remaining() < more) {
            int size = Math.max(bytes.position() + more, 2 * bytes.capacity());
            bytes = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN).put(bytes.flip());
        }
        return bytes;
    }
}
