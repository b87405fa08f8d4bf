package io.freshet.server;

import io.freshet.server.access.Access;
import io.freshet.server.access.AccessHandler;
import io.freshet.server.access.RequestGuard;
import io.freshet.server.connection.Connections;
import io.freshet.server.connection.ServerTransport;
import io.freshet.server.grpc.GrpcHandler;
import io.freshet.server.grpc.ProtocolCalls;
import io.freshet.server.http.Admission;
import io.freshet.server.http.ErrorResponses;
import io.freshet.server.http.InferExecutor;
import io.freshet.server.http.InferHandler;
import io.freshet.server.http.InspectionRoutes;
import io.freshet.server.http.LearnRoutes;
import io.freshet.server.http.Limits;
import io.freshet.server.http.ModelRepository;
import io.freshet.server.http.PemIdentity;
import io.freshet.server.http.ProtocolRoutes;
import io.freshet.server.http.RepositoryRoutes;
import io.freshet.server.http.ServingContext;
import io.freshet.server.inspect.Inspections;
import io.freshet.server.metrics.ServerMetrics;
import io.freshet.server.page.DocsRoutes;
import io.freshet.server.page.EventStream;
import io.freshet.server.page.ModelTable;
import io.freshet.server.page.PageRoutes;
import io.freshet.server.predict.Inference;
import io.freshet.server.predict.ModelQueries;
import io.freshet.server.predict.UnknownKeyRule;
import io.freshet.server.predict.VersionLookup;
import io.freshet.server.response.Responses;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.net.PemKeyCertOptions;
import java.net.BindException;
import java.util.List;
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
    private static final int LEARN_WORKERS = 4;
    private static final int PREDICTIONS_IN_FLIGHT = 256;
    private static final int POLL_MILLIS = 5;

    private final Vertx vertx;
    private final String deployment;
    private final EventStream stream;
    private final Background background;
    private final List<Admission> admissions;
    private final int port;
    private final AtomicBoolean closed = new AtomicBoolean();

    private HttpListener(
            Vertx vertx,
            String deployment,
            EventStream stream,
            Background background,
            List<Admission> admissions,
            int port) {
        this.vertx = vertx;
        this.deployment = deployment;
        this.stream = stream;
        this.background = background;
        this.admissions = admissions;
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
        VersionLookup lookup = new VersionLookup(
                state.store(),
                model -> !readiness.isCaughtUp()
                        || state.store().isEmpty()
                        || state.evaluations().models().contains(model));
        Inference inference = new Inference(
                new UnknownKeyRule(
                        state.store(),
                        options.serving().unknownKeys(),
                        options.serving().parents()),
                state.conditions(),
                state.clock());
        Background background = Background.of(options, state, inference);
        ModelQueries queries = new ModelQueries(lookup, state.metrics(), state.conditions(), state.clock());
        ModelRepository repository = new ModelRepository(state.store(), lookup);
        Responses responses = new Responses(state.metrics(), limits.responses(), limits.requestTime());
        EventStream stream = new EventStream(
                state.curves(),
                new ModelTable(state.evaluations(), state.store(), state.conditions(), state.metrics(), state.curves()),
                state.clock(),
                options.flinkUrl(),
                responses);
        Connections connections = new Connections(
                state.metrics(), limits.connections(), options.endpoint().tls() != null);
        int processors = Runtime.getRuntime().availableProcessors();
        VertxOptions vertxOptions = new VertxOptions()
                .setEventLoopPoolSize(processors)
                .setWorkerPoolSize(2)
                .setInternalBlockingPoolSize(2)
                .setFileSystemOptions(new FileSystemOptions()
                        .setClassPathResolvingEnabled(false)
                        .setFileCachingEnabled(false));
        Vertx vertx = Vertx.builder()
                .with(vertxOptions)
                .withTransport(new ServerTransport(connections))
                .build();
        ErrorResponses errors = new ErrorResponses(responses, state.metrics());
        // Inference has workers of its own, so that it does not delay the metrics and the page.
        WorkerExecutor workers = vertx.createSharedWorkerExecutor("vert.x-inference", Math.max(2, processors));
        ServingContext serving = new ServingContext(
                lookup,
                inference,
                state.metrics(),
                new InferExecutor(workers),
                new Admission("requests", PREDICTIONS_IN_FLIGHT, limits.heldBytes()),
                limits,
                background.answerSink(),
                background.shadows());
        ServerOptions.Endpoint endpoint = options.endpoint();
        Access access = new Access(endpoint.tokens(), endpoint.isOpen());
        // Waiting for a broker must not delay predictions.
        LearnRoutes learn = new LearnRoutes(
                background.samples(),
                lookup,
                state.metrics(),
                vertx.createSharedWorkerExecutor("vert.x-learn", LEARN_WORKERS),
                responses,
                limits);
        List<Admission> admissions = List.of(serving.admission(), learn.admission(), repository.admission());
        show(serving.admission(), learn.admission(), state.metrics());
        state.metrics()
                .gauge("freshet.requests.held.bytes", "Bodies of requests in memory", () -> heldBytes(admissions));
        // One worker: the requests that wait for a topic to be read then share what was read.
        InspectionRoutes inspection = new InspectionRoutes(
                new Inspections(state.store(), lookup, state.deadLetters(), options.topics()),
                vertx.createSharedWorkerExecutor("vert.x-inspection", 1),
                responses);
        GrpcHandler grpc = new GrpcHandler(
                vertx, serving, new ProtocolCalls(queries, repository, readiness::problem), access, responses, errors);
        InferHandler infer = new InferHandler(vertx, serving, responses, errors);
        RequestGuard guard = new RequestGuard(access, endpoint.hosts());
        Routes routes = new Routes(
                infer,
                guard,
                new AccessHandler(access, endpoint.tls() != null, responses),
                new ProtocolRoutes(serving, queries, readiness::problem, guard::isTrusted, infer, responses),
                new RepositoryRoutes(repository, serving, responses),
                inspection,
                learn,
                new PageRoutes(stream, responses),
                new DocsRoutes(responses));
        AtomicInteger boundPort = new AtomicInteger();
        try {
            ServerOptions.Tls tls = endpoint.tls();
            PemKeyCertOptions identity = tls == null ? null : PemIdentity.load(vertx, tls.certificate(), tls.key());
            String deployment = vertx.deployVerticle(
                            () -> new HttpVerticle(endpoint, identity, routes, grpc, errors, connections, boundPort),
                            new DeploymentOptions().setInstances(processors))
                    .await();
            stream.start(vertx);
            return new HttpListener(vertx, deployment, stream, background, admissions, boundPort.get());
        } catch (Exception e) {
            // Vert.x rethrows the original failure, checked or not.
            background.close();
            await(vertx.close());
            throw explain(endpoint, e);
        }
    }

    int port() {
        return port;
    }

    /** Shows a sentence on the page. */
    void notice(String text) {
        stream.notice(text);
    }

    /** Stops accepting requests, and waits a limited time for those in progress. */
    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        stream.close();
        await(vertx.undeploy(deployment));
        background.stopLearning();
        // Their clients may be gone, but predictions end on an event loop.
        awaitRequests();
        background.close();
        await(vertx.close());
    }

    /** Shows what limits requests as metrics. */
    private static void show(Admission predictions, Admission learning, ServerMetrics metrics) {
        metrics.gauge(
                "freshet.requests.in.flight",
                "Requests to predict with a complete body and no response yet",
                predictions::inFlight);
        metrics.gauge(
                "freshet.learn.requests.in.flight",
                "Requests to learn with a complete body that wait for a broker",
                learning::inFlight);
    }

    private static long heldBytes(List<Admission> admissions) {
        return admissions.stream().mapToLong(Admission::heldBytes).sum();
    }

    private static int inFlight(List<Admission> admissions) {
        return admissions.stream().mapToInt(Admission::inFlight).sum();
    }

    private void awaitRequests() {
        long start = System.nanoTime();
        try {
            while (inFlight(admissions) > 0 && System.nanoTime() - start < TimeUnit.SECONDS.toNanos(CLOSE_SECONDS)) {
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
