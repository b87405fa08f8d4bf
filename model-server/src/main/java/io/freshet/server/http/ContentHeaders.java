package io.freshet.server.http;

import io.freshet.server.body.MediaType;
import io.freshet.server.body.RequestException;
import io.freshet.server.body.RequestExcerpt;
import io.freshet.server.request.InferRequestReader;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;

/** The headers that describe the body of an inference request: JSON, or JSON and binary values; either in gzip. */
public final class ContentHeaders {
    private static final String FORM = "application/x-www-form-urlencoded";

    private ContentHeaders() {}

    /** @throws RequestException 415 if the body is neither JSON nor JSON in gzip */
    public static void check(HttpServerRequest request) throws RequestException {
        String type = request.getHeader(HttpHeaders.CONTENT_TYPE);
        if (type != null && !MediaType.isJson(type) && !hasBinary(request)) {
            throw RequestException.of(
                    415,
                    "Content-Type: " + RequestExcerpt.name(type) + " (expected: application/json"
                            + (type.equals(FORM) ? "; with curl, -H 'Content-Type: application/json'" : "") + ")");
        }
        String encoding = request.getHeader(HttpHeaders.CONTENT_ENCODING);
        if (encoding != null && !encoding.equalsIgnoreCase("identity") && !isCompressed(request)) {
            throw RequestException.of(
                    415, "Content-Encoding: " + RequestExcerpt.name(encoding) + " (expected: gzip or none)");
        }
    }

    /** Returns whether values follow the JSON of the body, in which case it may have any type. */
    private static boolean hasBinary(HttpServerRequest request) {
        return request.headers().contains(InferRequestReader.JSON_BYTES);
    }

    /**
     * Returns the size of the JSON at the start of the body.
     *
     * @param bodyBytes the size of the body, after decompression
     * @throws RequestException if the header is not a number of bytes
     */
    static int jsonBytes(HttpServerRequest request, int bodyBytes) throws RequestException {
        String size = request.getHeader(InferRequestReader.JSON_BYTES);
        if (size == null) {
            return bodyBytes;
        }
        if (!size.matches("[0-9]{1,9}")) {
            throw RequestException.bad(InferRequestReader.JSON_BYTES, RequestExcerpt.name(size), "a number of bytes");
        }
        return Integer.parseInt(size);
    }

    public static boolean isCompressed(HttpServerRequest request) {
        return "gzip".equalsIgnoreCase(request.getHeader(HttpHeaders.CONTENT_ENCODING));
    }
}
