package io.freshet.server.grpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.DiscardUnknownFieldsParser;
import com.google.protobuf.Message;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import com.google.protobuf.UnsafeByteOperations;
import io.freshet.server.body.Gzip;
import io.freshet.server.body.RequestException;
import io.freshet.server.body.RequestExcerpt;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
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
    /** Of a message, besides those of its parts. An empty part of two bytes needs a hundred times as many in memory. */
    private static final int MAXIMUM_FIELDS = 10_000;

    private GrpcMessage() {}

    /** Returns whether the message of a request is compressed. */
    static boolean isCompressed(Buffer body) {
        return body.length() > 0 && body.getByte(0) == 1;
    }

    /**
     * Returns the length of the first message of a stream with its prefix, or -1 if it is incomplete.
     *
     * @throws RequestException if the message is longer than {@code maximumBytes}
     */
    static int firstLength(Buffer stream, int maximumBytes) throws RequestException {
        if (stream.length() < PREFIX_BYTES) {
            return -1;
        }
        long length = stream.getUnsignedInt(1);
        if (length > maximumBytes) {
            throw RequestException.of(413, "message: " + length + " bytes (expected: up to " + maximumBytes + ")");
        }
        return stream.length() < PREFIX_BYTES + length ? -1 : PREFIX_BYTES + (int) length;
    }

    /**
     * Parses the message of a request. Its byte strings refer to {@code body}.
     *
     * @param encoding the header {@code grpc-encoding}, or null
     * @param maximumBytes maximum size of a message that was compressed
     * @throws RequestException if the body is not one message of this type
     */
    static <T extends Message> T read(Buffer body, @Nullable String encoding, int maximumBytes, Parser<T> parser)
            throws RequestException {
        if (body.length() < PREFIX_BYTES || body.getUnsignedInt(1) != body.length() - PREFIX_BYTES) {
            throw RequestException.bad(
                    "message", body.length() + " bytes", "one message, whose length the prefix of five bytes states");
        }
        int flag = body.getUnsignedByte(0);
        if (flag > 1) {
            throw RequestException.bad("message", "compressed flag " + flag, "0 or 1");
        }
        Buffer message = body.slice(PREFIX_BYTES, body.length());
        if (isCompressed(body)) {
            if (!"gzip".equals(encoding)) {
                throw RequestException.of(
                        501,
                        "grpc-encoding: " + RequestExcerpt.name(String.valueOf(encoding))
                                + " (expected: gzip or identity)");
            }
            message = Gzip.decompress(message, maximumBytes);
        }
        ByteString bytes = UnsafeByteOperations.unsafeWrap(
                ((BufferInternal) message).getByteBuf().nioBuffer());
        try {
            requireFewFields(bytes.newCodedInput());
            CodedInputStream from = bytes.newCodedInput();
            from.enableAliasing(true);
            return DiscardUnknownFieldsParser.wrap(parser).parseFrom(from);
        } catch (IOException e) {
            throw RequestException.bad("message", RequestExcerpt.name(String.valueOf(e.getMessage())), "protobuf");
        }
    }

    private static void requireFewFields(CodedInputStream from) throws IOException, RequestException {
        int fields = 0;
        for (int tag = from.readTag(); tag != 0; tag = from.readTag()) {
            if (++fields > MAXIMUM_FIELDS) {
                throw RequestException.bad(
                        "message", "more than " + MAXIMUM_FIELDS + " fields", "up to " + MAXIMUM_FIELDS);
            }
            from.skipField(tag);
        }
    }

    /** Returns a message with its prefix. */
    static byte[] write(MessageLite message) {
        int length = message.getSerializedSize();
        byte[] body = new byte[PREFIX_BYTES + length];
        CodedOutputStream to = CodedOutputStream.newInstance(body, PREFIX_BYTES, length);
        try {
            message.writeTo(to);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        ByteBuffer.wrap(body).putInt(1, length);
        return body;
    }
}
