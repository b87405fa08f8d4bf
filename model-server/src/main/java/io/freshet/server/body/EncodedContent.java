package io.freshet.server.body;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.zip.GZIPOutputStream;

/**
 * The content of a response, compressed with gzip if the client accepts that and the content is not small.
 *
 * @param bytes the content as it is sent; not copied
 * @param compressed whether it is compressed
 */
@SuppressWarnings("ArrayRecordComponent")
public record EncodedContent(byte[] bytes, boolean compressed) {
    /** A smaller response fits into one packet anyway. */
    private static final int SMALL_BYTES = 1024;

    /** Compresses a content if it is not small and {@code acceptsGzip} says so; slow if the content is large. */
    public static EncodedContent of(byte[] content, boolean acceptsGzip) {
        if (!acceptsGzip || content.length < SMALL_BYTES) {
            return new EncodedContent(content, false);
        }
        ByteArrayOutputStream compressed = new ByteArrayOutputStream(content.length / 4);
        try (GZIPOutputStream to = new GZIPOutputStream(compressed)) {
            to.write(content);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return new EncodedContent(compressed.toByteArray(), true);
    }

    /** Returns whether the client accepts a response in gzip. */
    public static boolean acceptsGzip(HttpServerRequest request) {
        String accepted = request.getHeader(HttpHeaders.ACCEPT_ENCODING);
        if (accepted == null) {
            return false;
        }
        for (String coding : accepted.split(",", -1)) {
            String[] weighted = coding.split(";", 2);
            if (weighted[0].strip().equalsIgnoreCase("gzip")) {
                return weighted.length == 1 || !weighted[1].strip().matches("q=0(\\.0*)?");
            }
        }
        return false;
    }

    /** Sends the content, and ends the response. */
    public Future<Void> end(HttpServerRequest request, Responses responses) {
        HttpServerResponse response = request.response();
        response.putHeader(HttpHeaders.VARY, HttpHeaders.ACCEPT_ENCODING);
        if (compressed) {
            response.putHeader(HttpHeaders.CONTENT_ENCODING, "gzip");
        }
        return responses.end(request, Buffer.buffer(bytes));
    }
}
