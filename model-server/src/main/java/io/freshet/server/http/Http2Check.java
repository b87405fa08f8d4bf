package io.freshet.server.http;

import io.freshet.server.body.RequestException;
import io.freshet.server.body.RequestExcerpt;
import io.vertx.core.http.HttpServerRequest;
import java.util.Map;

/**
 * What the head of a request must be that HTTP/2 leaves to the server: as large as over HTTP/1, and without the bytes that end
 * something there.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9113#section-8.2.1">RFC 9113, sections 6.5.2, 8.2.1, and 8.5</a>
 */
final class Http2Check {
    private Http2Check() {}

    /** @throws RequestException if the head is not permitted */
    static void check(HttpServerRequest request) throws RequestException {
        if (request.uri().length() > ConnectionLimits.LINE_BYTES) {
            throw ErrorResponses.longLine();
        }
        requireVisible("target", request.uri());
        int bytes = 0;
        for (Map.Entry<String, String> header : request.headers()) {
            String value = header.getValue();
            bytes += header.getKey().length() + value.length() + ConnectionLimits.FIELD_BYTES;
            requireVisible(header.getKey(), value);
        }
        if (bytes > ConnectionLimits.HEADER_BYTES) {
            throw ErrorResponses.largeHeaders();
        }
    }

    private static void requireVisible(String name, String value) throws RequestException {
        for (int i = 0; i < value.length(); i++) {
            char symbol = value.charAt(i);
            if (symbol == '\r' || symbol == '\n' || symbol == 0) {
                throw RequestException.bad(
                        RequestExcerpt.name(name), "byte " + (int) symbol + " in the value", "no CR, LF, or NUL");
            }
        }
    }
}
