package io.freshet.server;

import io.freshet.server.http.Connections;
import io.freshet.server.http.PemIdentity;
import io.freshet.server.http.ServerTransport;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.net.PemKeyCertOptions;
import java.net.BindException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serves all routes on one port, with one event loop per processor. */
final class HttpListener implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(HttpListener.class);
    private static final int CLOSE_SECONDS = 10;
    private static final int POLL_MILLIS = 5;

    private final Vertx vertx;
    private final String deployment;
    private final Routes routes;
    private final ModelServices models;
    private final int port;
    private final AtomicBoolean closed = new AtomicBoolean();

    private HttpListener(Vertx vertx, String deployment, Routes routes, ModelServices models, int port) {
        this.vertx = vertx;
        this.deployment = deployment;
        this.routes = routes;
        this.models = models;
        this.port = port;
    }

    /**
     * Starts to listen; returns once the port is bound.
     *
     * @param models closed with the listener, or if it does not start
     * @throws PortInUseException if another process listens on the port
     * @throws IllegalArgumentException if the address or the TLS files cannot be used
     */
    static HttpListener start(ServerOptions options, ServerState state, ModelServices models) {
        ServerOptions.Endpoint endpoint = options.endpoint();
        ServerOptions.Tls tls = endpoint.tls();
        Connections connections =
                new Connections(state.metrics, options.limits().connections(), tls != null);
        int processors = Runtime.getRuntime().availableProcessors();
        Vertx vertx = vertx(processors, connections);
        try {
            Routes routes = new Routes(vertx, options, state, models);
            PemKeyCertOptions identity = tls == null ? null : PemIdentity.load(vertx, tls.certificate(), tls.key());
            AtomicInteger boundPort = new AtomicInteger();
            String deployment = vertx.deployVerticle(
                            () -> new HttpVerticle(endpoint, identity, routes, connections, boundPort),
                            new DeploymentOptions().setInstances(processors))
                    .await();
            routes.stream.start(vertx);
            return new HttpListener(vertx, deployment, routes, models, boundPort.get());
        } catch (Exception e) {
            // Vert.x rethrows the original failure, checked or not.
            models.close();
            await(vertx.close());
            throw explain(endpoint, e);
        }
    }

    private static Vertx vertx(int eventLoops, Connections connections) {
        VertxOptions options = new VertxOptions()
                .setEventLoopPoolSize(eventLoops)
                .setWorkerPoolSize(2)
                .setInternalBlockingPoolSize(2)
                .setFileSystemOptions(new FileSystemOptions()
                        .setClassPathResolvingEnabled(false)
                        .setFileCachingEnabled(false));
        return Vertx.builder()
                .with(options)
                .withTransport(new ServerTransport(connections))
                .build();
    }

    int port() {
        return port;
    }

    /** Shows a sentence on the page. */
    void notice(String text) {
        routes.stream.notice(text);
    }

    /** Stops accepting requests, and waits a limited time for those in progress. */
    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        routes.stream.close();
        await(vertx.undeploy(deployment));
        models.stopReceiving();
        // Their clients may be gone, but predictions end on an event loop.
        awaitRequests();
        models.close();
        await(vertx.close());
    }

    private void awaitRequests() {
        long start = System.nanoTime();
        try {
            while (routes.inFlight() > 0 && System.nanoTime() - start < TimeUnit.SECONDS.toNanos(CLOSE_SECONDS)) {
                Thread.sleep(POLL_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void await(Future<?> closing) {
        try {
            closing.await(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            log.warn("HTTP: not closed after {} s", CLOSE_SECONDS);
        } catch (RuntimeException e) {
            // Vert.x sometimes fails to report that it has closed, because its event loops have ended already.
            log.debug("HTTP: failed while closing", e);
        }
    }

    private static RuntimeException explain(ServerOptions.Endpoint endpoint, Exception cause) {
        if (cause instanceof RuntimeException failure) {
            return failure;
        }
        String message = String.valueOf(cause.getMessage());
        if (cause instanceof BindException && message.contains("in use")) {
            return new PortInUseException(endpoint.host(), endpoint.port(), cause);
        }
        return new IllegalArgumentException(
                (message.contains("denied") ? "port: " : "host: ") + endpoint.host() + ":" + endpoint.port()
                        + " (expected: an address that the server may listen on): " + message,
                cause);
    }
}
