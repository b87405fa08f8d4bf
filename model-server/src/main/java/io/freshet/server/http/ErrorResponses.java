package io.freshet.server.http;

import io.freshet.server.body.RequestException;
import io.freshet.server.body.RequestExcerpt;
import io.freshet.server.body.Responses;
import io.freshet.server.metrics.ServerMetrics;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Responds to errors with {@code {"error": "..."}}, to invalid predictions also with an {@code example}, and counts them. */
public final class ErrorResponses {
    /** The message of a status 500. */
    public static final String INTERNAL = "internal error; see the server's log";

    private static final Logger log = LoggerFactory.getLogger(ErrorResponses.class);
    private static final Map<Integer, String> REASONS = Map.ofEntries(
            Map.entry(400, "invalid"),
            Map.entry(401, "unauthorized"),
            Map.entry(403, "forbidden"),
            Map.entry(404, "not_found"),
            Map.entry(405, "method"),
            Map.entry(408, "slow"),
            Map.entry(413, "too_large"),
            Map.entry(414, "too_large"),
            Map.entry(415, "media_type"),
            Map.entry(417, "expectation"),
            Map.entry(421, "host"),
            Map.entry(431, "too_large"),
            Map.entry(500, "failed"),
            Map.entry(503, "unavailable"));

    private final Responses responses;
    private final ServerMetrics metrics;

    public ErrorResponses(Responses responses, ServerMetrics metrics) {
        this.responses = responses;
        this.metrics = metrics;
        metrics.expectRejections(REASONS.values());
    }

    /** Registers error handlers with a router, before all routes. */
    public void install(Router router) {
        REASONS.keySet()
                .forEach(status -> router.errorHandler(
                        status, context -> respond(context.request(), context.statusCode(), context.failure())));
    }

    /** Adds a route after those of each path that responds to other methods with 405 and the header {@code Allow}. */
    public void rejectOtherMethods(Router router) {
        Map<String, Set<HttpMethod>> methods = new TreeMap<>();
        for (Route route : router.getRoutes()) {
            if (route.getPath() != null && route.methods() != null) {
                methods.computeIfAbsent(route.getPath(), path -> new HashSet<>())
                        .addAll(route.methods());
            }
        }
        methods.forEach((path, allowed) -> {
            String names = allowed.stream().map(HttpMethod::name).sorted().collect(Collectors.joining(", "));
            router.route(path).handler(context -> {
                context.response().putHeader(HttpHeaders.ALLOW, names);
                context.fail(405);
            });
        });
    }

    /** Responds to a request whose head is invalid. Vert.x then closes the connection. */
    public void rejectInvalid(HttpServerRequest request) {
        request.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
        reject(request, rejection(request.decoderResult().cause()));
    }

    /** Responds to a request that is not routed. */
    void reject(HttpServerRequest request, RequestException rejected) {
        send(request, rejected.status(), String.valueOf(rejected.getMessage()), null);
    }

    /** Responds to a request that failed: as the failure says if it is a {@link RequestException}, and otherwise with 500. */
    public void respond(HttpServerRequest request, Throwable failure) {
        respond(request, 500, failure);
    }

    private void respond(HttpServerRequest request, int routed, @Nullable Throwable failure) {
        HttpServerResponse response = request.response();
        if (response.ended() || response.headWritten() || response.closed()) {
            log.debug("{} {}: failed after the response was sent", request.method(), request.path(), failure);
            return;
        }
        int status = failure instanceof RequestException rejected ? rejected.status() : routed;
        if (status == 500) {
            log.error("{} {}", request.method(), request.path(), failure);
        }
        if (status == 401) {
            response.putHeader("WWW-Authenticate", "Bearer realm=\"freshet\"");
        }
        if (failure instanceof RequestException rejected) {
            send(request, status, String.valueOf(rejected.getMessage()), rejected.example());
        } else {
            send(request, status, message(request, status), null);
        }
    }

    /** Counts a rejected request. */
    public void count(int status) {
        metrics.rejected(REASONS.getOrDefault(status, "other"));
    }

    private void send(HttpServerRequest request, int status, String message, @Nullable JsonObject example) {
        HttpServerResponse response = request.response();
        count(status);
        if (status == 503) {
            response.putHeader(HttpHeaders.RETRY_AFTER, Integer.toString(Responses.RETRY_SECONDS));
        }
        response.setStatusCode(status).putHeader("X-Content-Type-Options", "nosniff");
        JsonObject body = new JsonObject().put("error", message);
        responses.json(request, example == null ? body : body.put("example", example));
    }

    static RequestException longLine() {
        return RequestException.of(
                414, "request line: too long (expected: up to " + ConnectionLimits.LINE_BYTES + " bytes)");
    }

    static RequestException largeHeaders() {
        return RequestException.of(
                431, "headers: too large (expected: up to " + ConnectionLimits.HEADER_BYTES + " bytes)");
    }

    private static RequestException rejection(Throwable cause) {
        if (cause instanceof RequestException rejected) {
            return rejected;
        }
        if (cause instanceof TooLongHttpLineException) {
            return longLine();
        }
        if (cause instanceof TooLongHttpHeaderException) {
            return largeHeaders();
        }
        return RequestException.bad("request: " + RequestExcerpt.name(String.valueOf(cause.getMessage()))
                + " (expected: a request line and headers of HTTP/1.1)");
    }

    private static String message(HttpServerRequest request, int status) {
        String path = RequestExcerpt.name(request.path());
        return switch (status) {
            case 404 -> "path: " + path + " (expected: /v2/models, /v2/models/{model}/infer, ...)";
            case 405 ->
                "method: " + request.method() + " (expected: "
                        + request.response().headers().get(HttpHeaders.ALLOW) + " for " + path + ")";
            case 500 -> INTERNAL;
            default -> "request: unreadable (status " + status + ")";
        };
    }
}
