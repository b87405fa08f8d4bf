package io.freshet.benchmarks.serving;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;

/**
 * A server that reads the body of each request and sends a constant: the least that a server on the same library can do.
 *
 * <p>Arguments: port, bytes of a REST response, and bytes of a gRPC response including its frame.
 */
final class BareServer extends VerticleBase {
    private final int port;
    private final Buffer json;
    private final Buffer grpc;

    private BareServer(int port, int jsonBytes, int grpcBytes) {
        this.port = port;
        json = Buffer.buffer(" ".repeat(jsonBytes));
        grpc = Buffer.buffer(new byte[grpcBytes]);
    }

    public static void main(String[] arguments) {
        int port = Integer.parseInt(arguments[0]);
        int json = Integer.parseInt(arguments[1]);
        int grpc = Integer.parseInt(arguments[2]);
        Vertx.vertx()
                .deployVerticle(
                        () -> new BareServer(port, json, grpc),
                        new DeploymentOptions()
                                .setInstances(Runtime.getRuntime().availableProcessors()))
                .await();
    }

    @Override
    public Future<?> start() {
        return vertx.createHttpServer(
                        new HttpServerOptions().setHost("127.0.0.1").setPort(port))
                .requestHandler(request -> request.body().onSuccess(body -> respond(request)))
                .listen();
    }

    private void respond(HttpServerRequest request) {
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
