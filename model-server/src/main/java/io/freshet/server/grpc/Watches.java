package io.freshet.server.grpc;

import io.freshet.server.grpc.proto.HealthCheckResponse.ServingStatus;
import io.freshet.server.request.RequestException;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** The calls of {@code Watch} of all connections. Thread-safe. */
final class Watches {
    private static final int MAXIMUM = 1_000;

    private final Map<WatchCall, Context> calls = new ConcurrentHashMap<>();

    /** @throws RequestException if there are too many */
    void add(HttpServerRequest request, Vertx vertx, GrpcResponse response, Supplier<ServingStatus> status)
            throws RequestException {
        if (calls.size() >= MAXIMUM) {
            throw RequestException.of(503, "open watches: " + MAXIMUM + " (expected: fewer; try again)");
        }
        WatchCall call = new WatchCall(request, response, status, calls::remove);
        calls.put(call, vertx.getOrCreateContext());
        call.run(vertx);
    }

    void close() {
        calls.forEach((call, context) -> context.runOnContext(closing -> call.close()));
    }
}
