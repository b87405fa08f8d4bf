package io.freshet.server.grpc;

import io.freshet.server.grpc.proto.HealthCheckResponse;
import io.freshet.server.grpc.proto.HealthCheckResponse.ServingStatus;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.grpc.common.GrpcStatus;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A call of {@code Watch}: sends a status, and again whenever it changes, until the client or server closes. Used on the
 * request's event loop.
 */
final class WatchCall {
    private static final long POLL_MILLIS = 200;
    /** Pings prevent the connection from idling, and find clients that are gone. */
    private static final long PING_MILLIS = 30_000;

    private static final Buffer PING = Buffer.buffer(new byte[Long.BYTES]);

    private final HttpServerRequest request;
    private final GrpcResponse response;
    private final Supplier<ServingStatus> status;
    private final Consumer<WatchCall> onEnd;
    private @Nullable ServingStatus sent;
    private boolean sending;
    private long poll;
    private long ping;

    /** @param onEnd called when the call has ended */
    WatchCall(
            HttpServerRequest request,
            GrpcResponse response,
            Supplier<ServingStatus> status,
            Consumer<WatchCall> onEnd) {
        this.request = request;
        this.status = status;
        this.onEnd = onEnd;
        this.response = response;
    }

    void run(Vertx vertx) {
        poll = vertx.setPeriodic(POLL_MILLIS, tick -> sendChange(vertx));
        ping = vertx.setPeriodic(PING_MILLIS, tick -> request.connection().ping(PING));
        request.response().closeHandler(closed -> end(vertx));
        sendChange(vertx);
    }

    private void sendChange(Vertx vertx) {
        ServingStatus current = status.get();
        if (current != sent && !sending) {
            sending = true;
            sent = current;
            response.write(HealthCheckResponse.newBuilder().setStatus(current).build())
                    .onSuccess(done -> sending = false)
                    .onFailure(clientGone -> end(vertx));
        }
    }

    private void end(Vertx vertx) {
        vertx.cancelTimer(poll);
        vertx.cancelTimer(ping);
        onEnd.accept(this);
    }

    /** Ends the call because the server closes. */
    void close() {
        response.end(GrpcStatus.UNAVAILABLE, "the server is closing");
    }
}
