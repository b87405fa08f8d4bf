package io.freshet.server;

import io.freshet.server.http.ErrorResponses;
import io.freshet.server.http.Limits;
import io.freshet.server.http.ProtocolRoutes;
import io.freshet.server.page.EventStream;
import io.freshet.server.page.ModelTable;
import io.freshet.server.page.PageRoutes;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import java.net.BindException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serves all routes on one port, with one event loop per processor. */
final class HttpListener implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(HttpListener.class);
    private static final int CLOSE_SECONDS = 10;

    private final Vertx vertx;
    private final EventStream stream;
    private final int port;

    private HttpListener(Vertx vertx, EventStream stream, int port) {
        this.vertx = vertx;
        this.stream = stream;
        this.port = port;
    }

    /**
     * Starts to listen; returns once the port is bound.
     *
     * @throws PortInUseException if another process listens on the port
     * @throws IllegalArgumentException if the address or the TLS files cannot be used
     */
    static HttpListener start(ServerOptions options, ServerState state, Readiness readiness) {
        Limits limits = options.limits();
        ProtocolRoutes protocol = new ProtocolRoutes(
                state.store(), state.metrics(), state.conditions(), state.clock(), readiness::problem, limits);
        EventStream stream = new EventStream(
                state.curves(),
                new ModelTable(state.evaluations(), state.store(), state.conditions()),
                state.clock(),
                options.flinkUrl());
        ErrorResponses errors = new ErrorResponses(state.metrics(), limits.bodyBytes());
        PageRoutes page = new PageRoutes(stream);
        int processors = Runtime.getRuntime().availableProcessors();
        Vertx vertx = Vertx.vertx(new VertxOptions()
                .setEventLoopPoolSize(processors)
                .setWorkerPoolSize(Math.max(2, processors))
                .setInternalBlockingPoolSize(2)
                .setFileSystemOptions(new FileSystemOptions()
                        .setClassPathResolvingEnabled(false)
                        .setFileCachingEnabled(false)));
        AtomicInteger boundPort = new AtomicInteger();
        try {
            vertx.deployVerticle(
                            () -> new HttpVerticle(options.endpoint(), protocol, page, errors, boundPort),
                            new DeploymentOptions().setInstances(processors))
                    .await();
            stream.start(vertx);
            return new HttpListener(vertx, stream, boundPort.get());
        } catch (Exception e) {
            // Vert.x rethrows the original failure, checked or not.
            close(vertx);
            throw explain(options.endpoint(), e);
        }
    }

    int port() {
        return port;
    }

    /** Stops accepting requests, and waits a limited time for those in progress. */
    @Override
    public void close() {
        stream.close();
        close(vertx);
    }

    private static void close(Vertx vertx) {
        try {
            vertx.close().await(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            log.warn("HTTP: not closed after {} s", CLOSE_SECONDS);
        }
    }

    private static RuntimeException explain(ServerOptions.Endpoint endpoint, Exception cause) {
        String message = String.valueOf(cause.getMessage());
        if (cause instanceof BindException && message.contains("in use")) {
            return new PortInUseException(endpoint.host(), endpoint.port(), cause);
        }
        return new IllegalArgumentException(
                "cannot listen on " + endpoint.host() + ":" + endpoint.port() + ": " + message, cause);
    }
}
