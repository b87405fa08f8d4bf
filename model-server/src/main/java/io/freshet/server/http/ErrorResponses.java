package io.freshet.server.http;

import io.freshet.server.metrics.ServerMetrics;
import io.freshet.server.request.Excerpt;
import io.freshet.server.request.RequestException;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Responds to errors with {@code {"error": "..."}}, and counts them. */
public final class ErrorResponses {
    private static final Logger log = LoggerFactory.getLogger(ErrorResponses.class);
    /** The status that Vert.x reports for a request whose body is cut off. */
    private static final int TRUNCATED_BODY = 200;
    /** Snapshots and free capacity usually arrive within a second. */
    private static final String RETRY_SECONDS = "1";

    private static final Map<Integer, String> REASONS = Map.of(
            400, "invalid",
            401, "unauthorized",
            404, "not_found",
            405, "method",
            408, "slow",
            413, "too_large",
            415, "media_type",
            500, "failed",
            503, "unavailable");

    private final ServerMetrics metrics;
    private final long maximumBytes;

    /** @param maximumBytes body size limit, for messages */
    public ErrorResponses(ServerMetrics metrics, long maximumBytes) {
        this.metrics = metrics;
        this.maximumBytes = maximumBytes;
    }

    /** Registers error handlers with a router. */
    public void install(Router router) {
        for (int status : new int[] {TRUNCATED_BODY, 400, 401, 404, 405, 406, 408, 413, 414, 415, 431, 500, 501, 503}) {
            router.errorHandler(status, this::respond);
        }
    }

    private void respond(RoutingContext context) {
        int status = context.statusCode() == TRUNCATED_BODY ? 400 : context.statusCode();
        Throwable failure = context.failure();
        HttpServerResponse response = context.response();
        if (response.ended() || response.headWritten() || response.closed()) {
            log.debug(
                    "{} {}: failed after the response was sent",
                    context.request().method(),
                    context.normalizedPath(),
                    failure);
            return;
        }
        if (failure instanceof RequestException rejected) {
            status = rejected.status();
        } else if (status == 500) {
            log.error("{} {}", context.request().method(), context.normalizedPath(), failure);
        }
        metrics.rejected(REASONS.getOrDefault(status, "other"));
        String message =
                failure instanceof RequestException ? String.valueOf(failure.getMessage()) : message(context, status);
        response.setStatusCode(status)
                .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
                .putHeader("X-Content-Type-Options", "nosniff");
        if (status == 401) {
            response.putHeader("WWW-Authenticate", "Bearer realm=\"freshet\"");
        }
        if (status == 503) {
            response.putHeader(HttpHeaders.RETRY_AFTER, RETRY_SECONDS);
        }
        response.end(new JsonObject().put("error", message).toBuffer());
    }

    private String message(RoutingContext context, int status) {
        String path = Excerpt.name(context.request().path());
        return switch (status) {
            case 401 -> "Authorization: missing or wrong (expected: Bearer followed by the server's token)";
            case 404 -> "path: " + path + " (expected: /v2/models, /v2/models/{model}/infer, ...)";
            case 405 -> "method: " + context.request().method() + " (expected: another method for " + path + ")";
            case 413 -> "body: too large (expected: up to " + maximumBytes + " bytes)";
            case 500 -> "internal error; see the server's log";
            default -> "request: unreadable (status " + status + ")";
        };
    }
}
