package io.freshet.server.body;

import io.freshet.server.metrics.ServerMetrics;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;

/**
 * Sends all responses, so that none waits forever for its client: neither to be read, nor for the rest of the request's body. Used
 * on the event loop of the response's connection.
 */
public final class Responses {
    /** When a client should try again that was rejected with 503: snapshots and free capacity usually come sooner. */
    public static final int RETRY_SECONDS = 1;

    /** The reason of connections that were closed because their clients did not read. */
    static final String UNREAD = "unread";

    private final UnreadResponses unread;
    private final Duration bodyTime;

    /** @param bodyTime how long the rest of a body may take to arrive after the response was sent */
    public Responses(ServerMetrics metrics, ResponseLimits limits, Duration bodyTime) {
        unread = new UnreadResponses(metrics, limits);
        this.bodyTime = bodyTime;
        metrics.expectRejections(List.of(UNREAD));
    }

    /** Ends a response with its content, which a response to HEAD does not have. Completes when it is written. */
    public Future<Void> end(HttpServerRequest request, Buffer content) {
        HttpServerResponse response = request.response();
        if (request.method() == HttpMethod.HEAD) {
            response.putHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(content.length()));
            return end(request);
        }
        return sent(request, content.length(), response.end(content));
    }

    /** Ends a response that has no content, or whose content was written. */
    public Future<Void> end(HttpServerRequest request) {
        return sent(request, 0, request.response().end());
    }

    /** Ends a response with an object. */
    public Future<Void> json(HttpServerRequest request, JsonObject content) {
        return json(request, content.toBuffer());
    }

    /** Ends a response with JSON. */
    public Future<Void> json(HttpServerRequest request, Buffer content) {
        request.response().putHeader(HttpHeaders.CONTENT_TYPE, "application/json");
        return end(request, content);
    }

    /** Sends a part of a response that goes on. */
    public Future<Void> write(HttpServerRequest request, Buffer part) {
        return sent(request, part.length(), request.response().write(part));
    }

    private Future<Void> sent(HttpServerRequest request, long bytes, Future<Void> written) {
        BodyRemainder.discard(request, bodyTime);
        return follow(request.connection(), bytes, written);
    }

    /** Follows what was written to a connection by other means. */
    public Future<Void> follow(HttpConnection connection, long bytes, Future<Void> written) {
        unread.follow(connection, bytes, written);
        return written;
    }

    /** @throws RequestException 503 if the connection has too many unread bytes for a response of {@code bytes} */
    public void requireRoom(HttpConnection connection, long bytes) throws RequestException {
        unread.requireRoom(connection, bytes);
    }
}
