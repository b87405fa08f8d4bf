package io.freshet.server.grpc;

import io.freshet.server.body.RequestException;
import io.freshet.server.grpc.proto.HealthCheckResponse;
import io.freshet.server.grpc.proto.HealthCheckResponse.ServingStatus;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.grpc.common.GrpcStatus;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The calls of {@code Watch} of all connections. Each sends a status, and again whenever it changes, until the client or server
 * closes. Thread-safe.
 */
final class Watches {
    private static final int MAXIMUM = 1_000;
    private static final long POLL_MILLIS = 200;
    /** Pings prevent the connection from idling, and find clients that are gone. */
    private static final long PING_MILLIS = 30_000;

    private static final Buffer PING = Buffer.buffer(new byte[Long.BYTES]);

    private final Map<Call, Context> calls = new ConcurrentHashMap<>();

    /** @throws RequestException if there are too many */
    void add(HttpServerRequest request, Vertx vertx, GrpcResponse response, Supplier<ServingStatus> status)
            throws RequestException {
        Call call = new Call(vertx, response, status);
        // Counted once it is added, since other event loops may add calls at the same time.
        calls.put(call, vertx.getOrCreateContext());
        if (calls.size() > MAXIMUM) {
            calls.remove(call);
            throw RequestException.of(503, "open watches: " + MAXIMUM + " (expected: fewer; try again)");
        }
        call.run(request);
    }

    /** Ends the calls because the server closes. */
    void close() {
        calls.forEach((call, context) ->
                context.runOnContext(closing -> call.response.end(GrpcStatus.UNAVAILABLE, "the server is closing")));
    }

    /** One call. Used on the request's event loop. */
    private final class Call {
        private final Vertx vertx;
        private final GrpcResponse response;
        private final Supplier<ServingStatus> status;
        private @Nullable ServingStatus sent;
        private boolean sending;
        private long poll;
        private long ping;

        Call(Vertx vertx, GrpcResponse response, Supplier<ServingStatus> status) {
            this.vertx = vertx;
            this.response = response;
            this.status = status;
        }

        void run(HttpServerRequest request) {
            poll = vertx.setPeriodic(POLL_MILLIS, tick -> sendChange());
            ping = vertx.setPeriodic(PING_MILLIS, tick -> request.connection().ping(PING));
            request.response().closeHandler(closed -> end());
            sendChange();
        }

        private void sendChange() {
            ServingStatus current = status.get();
            if (current != sent && !sending) {
                sending = true;
                sent = current;
                response.write(HealthCheckResponse.newBuilder()
                                .setStatus(current)
                                .build())
                        .onSuccess(done -> sending = false)
                        .onFailure(clientGone -> end());
            }
        }

        private void end() {
            vertx.cancelTimer(poll);
            vertx.cancelTimer(ping);
            calls.remove(this);
        }
    }
}
