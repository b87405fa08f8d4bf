package io.freshet.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;

/** A connection that sends bytes as they are, where HTTP clients would correct or refuse them. */
final class RawHttp implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 20_000;
    /** The last headers of a request after which the server closes the connection. */
    static final String CLOSE = "Host: x\r\nConnection: close\r\n\r\n";

    private static final String END_OF_HEAD = "\r\n\r\n";

    private final Socket socket;

    RawHttp(int port) throws IOException {
        this(new Socket(InetAddress.getLoopbackAddress(), port));
    }

    RawHttp(Socket socket) throws IOException {
        this.socket = socket;
        socket.setSoTimeout(TIMEOUT_MILLIS);
    }

    /** A response as received. */
    record Response(String head, byte[] body) {
        int status() {
            return Integer.parseInt(head.split(" ", 3)[1]);
        }

        /** Returns the value of a header, or null. */
        String header(String name) {
            return head.lines()
                    .filter(line -> line.regionMatches(true, 0, name + ":", 0, name.length() + 1))
                    .map(line -> line.substring(name.length() + 1).strip())
                    .findFirst()
                    .orElse(null);
        }

        String text() {
            return new String(body, ISO_8859_1);
        }

        /** Returns the message of an error. */
        String error() {
            assertThat(header("content-type")).as(head).isEqualTo("application/json");
            JsonObject error = new JsonObject(text());
            assertThat(error.fieldNames()).containsExactly("error");
            return error.getString("error");
        }
    }

    /** Sends a request, and reads until the server closes the connection. */
    static Response exchange(int port, String request) throws IOException {
        return exchange(port, request.getBytes(ISO_8859_1));
    }

    static Response exchange(int port, byte[] request) throws IOException {
        try (RawHttp connection = new RawHttp(port)) {
            connection.send(request);
            return connection.readAll();
        }
    }

    /** @param headers each with its end of line */
    static Response post(int port, String path, String headers, byte[] body) throws IOException {
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        request.writeBytes(
                ("POST " + path + " HTTP/1.1\r\n" + headers + "Content-Length: " + body.length + "\r\n" + CLOSE)
                        .getBytes(ISO_8859_1));
        request.writeBytes(body);
        return exchange(port, request.toByteArray());
    }

    boolean send(String text) throws IOException {
        return send(text.getBytes(ISO_8859_1));
    }

    /** Returns false if the server has closed the connection, which it may do before it has read everything. */
    boolean send(byte[] bytes) throws IOException {
        try {
            socket.getOutputStream().write(bytes);
            return true;
        } catch (SocketException e) {
            return false;
        }
    }

    /** Reads a response, and whatever follows until the server closes the connection. */
    Response readAll() throws IOException {
        String text = new String(readBytes(), ISO_8859_1);
        int end = text.indexOf(END_OF_HEAD);
        if (end < 0) {
            throw new IOException("no response: \"" + text + "\"");
        }
        return new Response(
                text.substring(0, end),
                text.substring(end + END_OF_HEAD.length()).getBytes(ISO_8859_1));
    }

    /** Reads until the server has sent a text. */
    void readUntil(String end) throws IOException {
        StringBuilder received = new StringBuilder();
        while (received.indexOf(end) < 0) {
            int next = socket.getInputStream().read();
            if (next < 0) {
                throw new IOException("no \"" + end + "\": \"" + received + "\"");
            }
            received.append((char) next);
        }
    }

    /** Reads until the server closes the connection. */
    byte[] readBytes() throws IOException {
        ByteArrayOutputStream received = new ByteArrayOutputStream();
        try {
            socket.getInputStream().transferTo(received);
        } catch (SocketException e) {
            // A reset after the response: the server closed before it had read everything.
        }
        return received.toByteArray();
    }

    /** Ends what this side sends. The server then closes the connection. */
    void finish() throws IOException {
        try {
            socket.shutdownOutput();
        } catch (SocketException e) {
            // The server has closed it.
        }
    }

    /** Returns whether bytes have arrived that were not read. */
    boolean hasReceived() throws IOException {
        return socket.getInputStream().available() > 0;
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
