package io.freshet.benchmarks.serving;

import io.freshet.benchmarks.JavaProcess;
import io.vertx.core.Deployable;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A server that reads the body of each request and sends a constant: the least that a server on the same library can do.
 *
 * <p>Arguments: bytes of a REST response, and bytes of a gRPC response including its frame.
 */
public final class BareServer implements JavaProcess.Program {
    private static final String HOST = "127.0.0.1";
    /** Any free port, which all instances share. */
    private static final int SHARED_PORT = -1;

    @Override
    public String start(String... arguments) {
        Buffer json = Buffer.buffer(" ".repeat(Integer.parseInt(arguments[0])));
        Buffer grpc = Buffer.buffer(new byte[Integer.parseInt(arguments[1])]);
        Vertx vertx = Vertx.vertx();
        AtomicInteger port = new AtomicInteger();
        int processors = Runtime.getRuntime().availableProcessors();
        vertx.deployVerticle(() -> listener(vertx, json, grpc, port), new DeploymentOptions().setInstances(processors))
                .await();
        return HOST + ":" + port;
    }

    private static Deployable listener(Vertx vertx, Buffer json, Buffer grpc, AtomicInteger port) {
        return context -> vertx.createHttpServer()
                .requestHandler(request -> request.body().onSuccess(body -> respond(request, json, grpc)))
                .listen(SHARED_PORT, HOST)
                .onSuccess(server -> port.set(server.actualPort()));
    }

    private static void respond(HttpServerRequest request, Buffer json, Buffer grpc) {
        HttpServerResponse response = request.response();
        if (ServingRequest.GRPC_TYPE.equals(request.getHeader("content-type"))) {
            response.putHeader("content-type", ServingRequest.GRPC_TYPE)
                    .putTrailer("grpc-status", "0")
                    .end(grpc);
        } else {
            response.putHeader("content-type", "application/json").end(json);
        }
    }
}
