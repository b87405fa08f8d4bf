package io.freshet.server.http;

import io.freshet.server.body.RequestException;
import io.freshet.server.body.RequestExcerpt;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;

/**
 * Rejects requests to be a proxy, with an invalid escape in the target, or with an expectation other than {@code 100-continue},
 * which Vert.x fulfills; and over HTTP/2, what {@link Http2Check} finds. Passes all others on.
 */
public final class RequestCheck implements Handler<HttpServerRequest> {
    private static final String CONTINUE = "100-continue";

    private final Handler<HttpServerRequest> next;
    private final ErrorResponses errors;

    public RequestCheck(Handler<HttpServerRequest> next, ErrorResponses errors) {
        this.next = next;
        this.errors = errors;
    }

    @Override
    public void handle(HttpServerRequest request) {
        try {
            check(request);
        } catch (RequestException e) {
            errors.reject(request, e);
            return;
        }
        next.handle(request);
    }

    private static void check(HttpServerRequest request) throws RequestException {
        if (request.method() == HttpMethod.CONNECT) {
            throw RequestException.bad("method", "CONNECT", "another, since the server is no proxy");
        }
        if (request.version() == HttpVersion.HTTP_2) {
            Http2Check.check(request);
        }
        String target = request.uri();
        if (!hasValidEscapes(target)) {
            throw RequestException.bad("target", RequestExcerpt.name(target), "% followed by two hexadecimal digits");
        }
        String expected = request.getHeader(HttpHeaders.EXPECT);
        if (expected != null && !expected.equalsIgnoreCase(CONTINUE)) {
            throw RequestException.of(
                    417, "Expect: " + RequestExcerpt.name(expected) + " (expected: " + CONTINUE + ")");
        }
    }

    private static boolean hasValidEscapes(String target) {
        for (int i = target.indexOf('%'); i >= 0; i = target.indexOf('%', i + 1)) {
            if (i + 2 >= target.length()
                    || !isHexadecimal(target.charAt(i + 1))
                    || !isHexadecimal(target.charAt(i + 2))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isHexadecimal(char digit) {
        return Character.digit(digit, 16) >= 0;
    }
}
