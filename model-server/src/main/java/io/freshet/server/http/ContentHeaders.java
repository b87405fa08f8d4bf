package io.freshet.server.http;

import io.freshet.server.request.Excerpt;
import io.freshet.server.request.RequestException;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.Locale;

/** The headers that describe the body of an inference request: JSON, optionally compressed with gzip. */
final class ContentHeaders {
    private static final String FORM = "application/x-www-form-urlencoded";

    private ContentHeaders() {}

    /** @throws RequestException 415 if the body is neither JSON nor JSON in gzip */
    static void check(HttpServerRequest request) throws RequestException {
        String type = request.getHeader(HttpHeaders.CONTENT_TYPE);
        if (type != null && !isJson(type)) {
            throw RequestException.of(
                    415,
                    "Content-Type: " + Excerpt.name(type) + " (expected: application/json"
                            + (type.equals(FORM) ? "; with curl, -H 'Content-Type: application/json'" : "") + ")");
        }
        String encoding = request.getHeader(HttpHeaders.CONTENT_ENCODING);
        if (encoding != null && !encoding.equalsIgnoreCase("identity") && !isCompressed(request)) {
            throw RequestException.of(415, "Content-Encoding: " + Excerpt.name(encoding) + " (expected: gzip or none)");
        }
    }

    static boolean isCompressed(HttpServerRequest request) {
        return "gzip".equalsIgnoreCase(request.getHeader(HttpHeaders.CONTENT_ENCODING));
    }

    private static boolean isJson(String type) {
        String media = type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        return media.equals("application/json") || media.endsWith("+json");
    }
}
