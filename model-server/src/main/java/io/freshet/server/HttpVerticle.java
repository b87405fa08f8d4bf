package io.freshet.server;

import io.freshet.server.body.RequestException;
import io.freshet.server.grpc.GrpcHandler;
import io.freshet.server.http.Connections;
import io.freshet.server.http.InferTarget;
import io.freshet.server.http.RequestCheck;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.ext.web.Router;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** One event loop of the HTTP server: it accepts connections on the shared port and routes their requests. */
final class HttpVerticle extends VerticleBase {
    /** Time that requests in progress have to finish when the server closes. */
    private static final int DRAIN_SECONDS = 5;

    private final ServerOptions.Endpoint endpoint;
    private final @Nullable PemKeyCertOptions identity;
    private final Routes routes;
    private final Connections connections;
    private final AtomicInteger boundPort;
    private @Nullable HttpServer server;

    /**
     * @param identity for TLS, or null
     * @param boundPort set to the port when it is bound
     */
    HttpVerticle(
            ServerOptions.Endpoint endpoint,
            @Nullable PemKeyCertOptions identity,
            Routes routes,
            Connections connections,
            AtomicInteger boundPort) {
        this.endpoint = endpoint;
        this.identity = identity;
        this.routes = routes;
        this.connections = connections;
        this.boundPort = boundPort;
    }

    @Override
    public Future<?> start() {
        Router router = Router.router(vertx);
        routes.errors.install(router);
        routes.mount(router);
        routes.errors.rejectOtherMethods(router);
        server = vertx.createHttpServer(httpOptions())
                .connectionHandler(connections::accept)
                .invalidRequestHandler(routes.errors::rejectInvalid)
                .requestHandler(new RequestCheck(request -> route(request, router), routes.errors));
        return server.listen().onSuccess(listening -> boundPort.set(listening.actualPort()));
    }

    private void route(HttpServerRequest request, Router router) {
        try {
            routes.guard.check(request);
        } catch (RequestException e) {
            reject(request, e);
            return;
        }
        InferTarget target = InferTarget.of(request);
        if (target == null) {
            (GrpcHandler.accepts(request) ? routes.grpc : router).handle(request);
            return;
        }
        try {
            routes.access.require(request);
        } catch (RequestException e) {
            routes.errors.respond(request, e);
            return;
        }
        routes.infer.infer(request, target);
    }

    private void reject(HttpServerRequest request, RequestException problem) {
        if (GrpcHandler.accepts(request)) {
            routes.grpc.reject(request, problem);
        } else {
            routes.errors.respond(request, problem);
        }
    }

    @Override
    public Future<?> stop() {
        routes.grpc.close();
        return server == null ? Future.succeededFuture() : server.shutdown(DRAIN_SECONDS, TimeUnit.SECONDS);
    }

    private HttpServerOptions httpOptions() {
        // The event loops share one port. In Vert.x, a negative number means any free port, shared like a fixed one.
        HttpServerOptions http = new HttpServerOptions()
                .setHost(endpoint.host())
                .setPort(endpoint.port() == 0 ? -1 : endpoint.port())
                // Over TLS, clients negotiate HTTP/2; without TLS, they start with its preface.
                .setHttp2ClearTextEnabled(true)
                // There are no web sockets; their handlers would see every request.
                .setPerFrameWebSocketCompressionSupported(false)
                .setPerMessageWebSocketCompressionSupported(false);
        if (identity != null) {
            http.setSsl(true).setUseAlpn(true).setKeyCertOptions(identity);
        }
        return connections.limit(http);
    }
}
