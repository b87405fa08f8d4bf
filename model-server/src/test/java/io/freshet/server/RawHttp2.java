package io.freshet.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersEncoder;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;

/** A connection that sends frames of HTTP/2 as they are. */
final class RawHttp2 implements AutoCloseable {
    static final byte DATA = 0;
    static final byte HEADERS = 1;
    static final byte RESET = 3;
    static final byte SETTINGS = 4;
    static final byte PING = 6;
    static final byte WINDOW_UPDATE = 8;
    static final byte CONTINUATION = 9;
    static final byte END_STREAM = 1;
    static final byte END_HEADERS = 4;

    private static final byte GO_AWAY = 7;
    private static final byte PRIORITY = 0x20;
    private static final int PRIORITY_BYTES = 5;
    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(US_ASCII);
    private static final int TIMEOUT_MILLIS = 20_000;

    private final Socket socket;
    private final DataInputStream from;
    private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder();

    /** Connects, and sends the preface with these settings. */
    RawHttp2(int port, byte[] settings) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        from = new DataInputStream(socket.getInputStream());
        // At once, since the server gives the preface and each frame little time.
        send(Buffer.buffer(PREFACE).appendBytes(frame(SETTINGS, 0, 0, settings)).getBytes());
    }

    static byte[] frame(byte type, int flags, int stream, byte[] payload) {
        return Buffer.buffer()
                .appendMedium(payload.length)
                .appendByte(type)
                .appendByte((byte) flags)
                .appendInt(stream)
                .appendBytes(payload)
                .getBytes();
    }

    /** Returns the compressed headers of a request of gRPC. */
    static byte[] grpc(String path, String... more) throws IOException {
        Http2Headers headers = request("POST", path, more).add("content-type", "application/grpc");
        return compressed(headers.add("te", "trailers"));
    }

    /** Returns the compressed headers of a request. */
    static byte[] head(String method, String path, String... more) throws IOException {
        return compressed(request(method, path, more));
    }

    private static Http2Headers request(String method, String path, String... more) {
        // Without validation, so that any value can be sent.
        Http2Headers headers = new DefaultHttp2Headers(false)
                .method(method)
                .scheme("http")
                .path(path)
                .authority("localhost");
        for (int i = 0; i < more.length; i += 2) {
            headers.add(more[i], more[i + 1]);
        }
        return headers;
    }

    static byte[] compressed(Http2Headers headers) throws IOException {
        ByteBuf block = Unpooled.buffer();
        // Without a table, so that the block is valid on every connection.
        DefaultHttp2HeadersEncoder encoder = new DefaultHttp2HeadersEncoder(Http2HeadersEncoder.ALWAYS_SENSITIVE);
        try {
            encoder.encodeHeaders(1, headers, block);
        } catch (Http2Exception e) {
            throw new IOException(e);
        }
        return ByteBufUtil.getBytes(block);
    }

    /** Returns false if the server has closed the connection. */
    boolean send(byte[] bytes) throws IOException {
        try {
            socket.getOutputStream().write(bytes);
            return true;
        } catch (SocketException e) {
            return false;
        }
    }

    /** Ends the requests, and returns all headers and trailers that the server sends before it closes the connection. */
    List<Http2Headers> finish() throws IOException {
        try {
            socket.shutdownOutput();
        } catch (SocketException e) {
            // The server has closed it.
        }
        List<Http2Headers> received = new ArrayList<>();
        for (Http2Headers next = next(); next != null; next = next()) {
            received.add(next);
        }
        return received;
    }

    /** A frame as received. */
    record Frame(byte type, int flags, int stream, byte[] payload) {}

    /** A response as received. */
    record Response(Http2Headers headers, String text) {
        int status() {
            return Integer.parseInt(headers.status().toString());
        }

        /** Returns the message of an error. */
        String error() {
            return new JsonObject(text).getString("error");
        }
    }

    /** Returns the next frame, or null if the connection ends. */
    Frame read() throws IOException {
        try {
            int length = (from.readUnsignedShort() << 8) | from.readUnsignedByte();
            byte type = from.readByte();
            int flags = from.readByte();
            return new Frame(type, flags, from.readInt(), from.readNBytes(length));
        } catch (EOFException | SocketException e) {
            return null;
        }
    }

    /** Returns the next headers or trailers, or null if the connection ends. */
    Http2Headers next() throws IOException {
        for (Frame frame = read(); frame != null && frame.type != GO_AWAY; frame = read()) {
            if (frame.type == HEADERS) {
                return headers(frame);
            }
        }
        return null;
    }

    private Http2Headers headers(Frame frame) throws IOException {
        int start = (frame.flags & PRIORITY) != 0 ? PRIORITY_BYTES : 0;
        int length = frame.payload.length - start;
        try {
            return decoder.decodeHeaders(frame.stream, Unpooled.wrappedBuffer(frame.payload, start, length));
        } catch (Http2Exception e) {
            throw new IOException(e);
        }
    }

    /** Sends a request without a body, and returns its response. */
    Response exchange(int stream, byte[] head) throws IOException {
        send(frame(HEADERS, END_HEADERS | END_STREAM, stream, head));
        return response(stream);
    }

    /** Returns the response on a stream, or null if the stream or connection ends before. */
    Response response(int stream) throws IOException {
        Http2Headers headers = null;
        StringBuilder text = new StringBuilder();
        for (Frame frame = read(); frame != null; frame = read()) {
            if (frame.type == GO_AWAY || (frame.type == RESET && frame.stream == stream)) {
                return null;
            }
            if (frame.stream != stream || (frame.type != HEADERS && frame.type != DATA)) {
                continue;
            }
            if (frame.type == HEADERS) {
                headers = headers(frame);
            } else {
                text.append(new String(frame.payload, UTF_8));
            }
            if ((frame.flags & END_STREAM) != 0) {
                return new Response(headers, text.toString());
            }
        }
        return null;
    }

    /** Waits until the server closes the connection. */
    void readAll() throws IOException {
        while (read() != null) {}
    }

    /** Closes the connection as a client that crashes does. */
    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
