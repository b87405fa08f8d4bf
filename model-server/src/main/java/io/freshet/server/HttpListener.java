package io.freshet.server;

import io.freshet.server.http.BearerToken;
import io.freshet.server.http.ErrorResponses;
import io.freshet.server.http.Limits;
import io.freshet.server.http.ProtocolRoutes;
import io.freshet.server.page.EventStream;
import io.freshet.server.page.PageRoutes;
import io.freshet.server.page.Progress;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.ext.web.Router;
import java.net.BindException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serves all routes on one port, with one event loop per processor. */
final class HttpListener implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(HttpListener.class);
    private static final int IDLE_SECONDS = 120;
    /** How long requests in progress may take to finish when the server closes. */
    private static final int DRAIN_SECONDS = 5;

    private static final int CLOSE_SECONDS = 10;
    private static final int MAXIMUM_HEADER_BYTES = 16 * 1024;

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
    static HttpListener start(ServerOptions options, ServerState state, BooleanSupplier ready) {
        return start(options, Limits.of(options.maximumRows(), options.maximumBodyBytes()), state, ready);
    }

    static HttpListener start(ServerOptions options, Limits limits, ServerState state, BooleanSupplier ready) {
        ProtocolRoutes protocol =
                new ProtocolRoutes(state.store(), state.metrics(), state.clock(), ready, version(), limits);
        EventStream stream = new EventStream(
                state.curves(), new Progress(state.scoreboard(), state.store()), state.clock(), options.flinkUrl());
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
        AtomicInteger bound = new AtomicInteger();
        try {
            vertx.deployVerticle(
                            () -> new Listener(options, protocol, page, errors, bound),
                            new DeploymentOptions().setInstances(processors))
                    .await();
            stream.start(vertx);
            return new HttpListener(vertx, stream, bound.get());
        } catch (Exception e) {
            // Vert.x rethrows the original failure, checked or not.
            close(vertx);
            throw explain(options, e);
        }
    }

    int port() {
        return port;
    }

    /** Accepts no new requests, and waits for those in progress up to a limit. */
    @Override
    public void close() {
        stream.close();
        close(vertx);
    }

    /** Returns this Freshet's version. */
    static String version() {
        String version = HttpListener.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    private static void close(Vertx vertx) {
        try {
            vertx.close().await(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            log.warn("HTTP: not closed after {} s", CLOSE_SECONDS);
        }
    }

    private static RuntimeException explain(ServerOptions options, Exception cause) {
        String message = String.valueOf(cause.getMessage());
        if (cause instanceof BindException && message.contains("in use")) {
            return new PortInUseException(options.host(), options.port(), cause);
        }
        return new IllegalArgumentException(
                "cannot listen on " + options.host() + ":" + options.port() + ": " + message, cause);
    }

    private static final class Listener extends VerticleBase {
        private final ServerOptions options;
        private final ProtocolRoutes protocol;
        private final PageRoutes page;
        private final ErrorResponses errors;
        private final AtomicInteger bound;
        private @Nullable HttpServer server;

        Listener(
                ServerOptions options,
                ProtocolRoutes protocol,
                PageRoutes page,
                ErrorResponses errors,
                AtomicInteger bound) {
            this.options = options;
            this.protocol = protocol;
            this.page = page;
            this.errors = errors;
            this.bound = bound;
        }

        @Override
        public Future<?> start() {
            Router router = Router.router(vertx);
            errors.install(router);
            if (options.token() != null) {
                router.route().handler(new BearerToken(options.token()));
            }
            protocol.mount(router);
            page.mount(router);
            // Vert.x listeners share a fixed port; to share one that the system picks, the number must be negative.
            HttpServerOptions http = new HttpServerOptions()
                    .setHost(options.host())
                    .setPort(options.port() == 0 ? -1 : options.port())
                    .setIdleTimeout(IDLE_SECONDS)
                    .setMaxHeaderSize(MAXIMUM_HEADER_BYTES)
                    // Over TLS, clients negotiate HTTP/2; without TLS, nothing here needs it.
                    .setHttp2ClearTextEnabled(false)
                    .setHandle100ContinueAutomatically(true);
            ServerOptions.Tls tls = options.tls();
            if (tls != null) {
                http.setSsl(true)
                        .setUseAlpn(true)
                        .setKeyCertOptions(new PemKeyCertOptions()
                                .setCertPath(tls.certificate().toString())
                                .setKeyPath(tls.key().toString()));
            }
            server = vertx.createHttpServer(http).requestHandler(router);
            return server.listen().onSuccess(listening -> bound.set(listening.actualPort()));
        }

        @Override
        public Future<?> stop() {
            return server == null ? Future.succeededFuture() : server.shutdown(DRAIN_SECONDS, TimeUnit.SECONDS);
        }
    }
}
