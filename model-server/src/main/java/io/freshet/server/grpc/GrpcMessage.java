package io.freshet.server.grpc;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import com.google.protobuf.UnsafeByteOperations;
import io.freshet.server.request.Excerpt;
import io.freshet.server.request.Gzip;
import io.freshet.server.request.RequestException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/**
 * The single message of a unary call, as the body of an HTTP/2 request or response.
 *
 * <pre>
 *   1 byte   1 if the message is compressed with the encoding of the header grpc-encoding, otherwise 0
 *   4 bytes  length of the message, big-endian
 *   message
 * </pre>
 */
final class GrpcMessage {
    private static final int PREFIX_BYTES = 1 + Integer.BYTES;

    private GrpcMessage() {}

    /** Returns whether the message of a request is compressed. */
    static boolean isCompressed(Buffer body) {
        return body.length() > 0 && body.getByte(0) == 1;
    }

    /**
     * Parses the message of a request. Its byte strings refer to {@code body}.
     *
     * @param encoding the header {@code grpc-encoding}, or null
     * @param maximumBytes maximum size of a message that was compressed
     * @throws RequestException if the body is not one message of this type
     */
    static <T> T read(Buffer body, @Nullable String encoding, int maximumBytes, Parser<T> parser)
            throws RequestException {
        long length = body.length() < PREFIX_BYTES ? -1 : body.getUnsignedInt(1);
        if (length != body.length() - PREFIX_BYTES) {
            throw RequestException.bad(
                    "message", body.length() + " bytes", "one message, whose length the prefix of five bytes states");
        }
        Buffer message = body.slice(PREFIX_BYTES, body.length());
        if (isCompressed(body)) {
            if (!"gzip".equals(encoding)) {
                throw RequestException.of(
                        501,
                        "grpc-encoding: " + Excerpt.name(String.valueOf(encoding)) + " (expected: gzip or identity)");
            }
            message = Gzip.decompress(message, maximumBytes);
        }
        try {
            CodedInputStream from = UnsafeByteOperations.unsafeWrap(
                            ((BufferInternal) message).getByteBuf().nioBuffer())
                    .newCodedInput();
            from.enableAliasing(true);
            return parser.parseFrom(from);
        } catch (InvalidProtocolBufferException e) {
            throw RequestException.bad("message", Excerpt.name(String.valueOf(e.getMessage())), "protobuf");
        }
    }

    /** Returns the body of a response. */
    static Buffer write(MessageLite message) {
        int length = message.getSerializedSize();
        byte[] body = new byte[PREFIX_BYTES + length];
        CodedOutputStream to = CodedOutputStream.newInstance(body, PREFIX_BYTES, length);
        try {
            message.writeTo(to);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return Buffer.buffer(body).setInt(1, length);
    }
}
