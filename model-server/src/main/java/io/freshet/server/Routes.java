package io.freshet.server;

import io.freshet.server.access.Access;
import io.freshet.server.access.AccessHandler;
import io.freshet.server.access.RequestGuard;
import io.freshet.server.answers.LabeledRows;
import io.freshet.server.answers.OutcomeRows;
import io.freshet.server.answers.ReceiptRoutes;
import io.freshet.server.body.Responses;
import io.freshet.server.grpc.GrpcHandler;
import io.freshet.server.grpc.ProtocolCalls;
import io.freshet.server.http.Admission;
import io.freshet.server.http.ErrorResponses;
import io.freshet.server.http.InferExecutor;
import io.freshet.server.http.InferHandler;
import io.freshet.server.http.InspectionRoutes;
import io.freshet.server.http.Limits;
import io.freshet.server.http.MetricsRoutes;
import io.freshet.server.http.ProtocolRoutes;
import io.freshet.server.http.RepositoryRoutes;
import io.freshet.server.http.ServingContext;
import io.freshet.server.http.TensorFormat;
import io.freshet.server.instances.InstancesFormat;
import io.freshet.server.instances.InstancesRoutes;
import io.freshet.server.metrics.ServerMetrics;
import io.freshet.server.page.DocsRoutes;
import io.freshet.server.page.EventStream;
import io.freshet.server.page.ModelsView;
import io.freshet.server.page.PageRoutes;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.ext.web.Router;
import java.util.List;
import java.util.function.Consumer;

/** The handlers of all requests: REST, gRPC, and the page. */
final class Routes {
    private static final int PRODUCING_WORKERS = 4;
    private static final int PREDICTIONS_IN_FLIGHT = 256;

    final ErrorResponses errors;
    final RequestGuard guard;
    final AccessHandler access;
    /** Handles requests to predict, most of which do not need a router. */
    final InferHandler infer;

    final GrpcHandler grpc;
    final EventStream stream;
    /** What limits the requests that the server waits for when it closes. */
    private final List<Admission> admissions;

    private final List<Consumer<Router>> routes;

    Routes(Vertx vertx, ServerOptions options, ServerState state, ModelServices models) {
        ServerOptions.Endpoint endpoint = options.endpoint();
        Limits limits = options.limits();
        ServerMetrics metrics = state.metrics;
        Responses responses = new Responses(metrics, limits.responses(), limits.requestTime());
        errors = new ErrorResponses(responses, metrics);

        Access tokens = new Access(endpoint.tokens(), endpoint.isOpen());
        guard = new RequestGuard(tokens, endpoint.hosts());
        access = new AccessHandler(tokens, endpoint.tls() != null, responses);

        Admission predictions = new Admission("requests", PREDICTIONS_IN_FLIGHT, limits.heldBytes());
        ServingContext serving =
                new ServingContext(models.inference, new InferExecutor(workers(vertx)), predictions, limits);
        infer = new InferHandler(vertx, serving, new TensorFormat(limits.rows()), responses, errors);
        InferHandler rows = new InferHandler(
                vertx,
                serving,
                new InstancesFormat(limits.rows(), state.untrained::joinFields, models.unknownKeys::parentSpec),
                responses,
                errors);
        ProtocolCalls calls = new ProtocolCalls(models.queries, models.repository, models.readiness::problem);
        grpc = new GrpcHandler(vertx, serving, calls, tokens, responses, errors);
        ProtocolRoutes protocol =
                new ProtocolRoutes(models.queries, models.readiness::problem, guard::isTrusted, infer, responses);
        RepositoryRoutes repository = new RepositoryRoutes(models.repository, limits, responses);

        ReceiptRoutes learn = new ReceiptRoutes(
                models.samples,
                new LabeledRows(limits.rows(), metrics),
                models.lookup,
                producing(vertx, "learn"),
                responses,
                limits);
        ReceiptRoutes feedback = new ReceiptRoutes(
                models.outcomes,
                new OutcomeRows(limits.rows(), state::joinedSpec, metrics, state.clock),
                models.lookup,
                producing(vertx, "feedback"),
                responses,
                limits);
        // One worker: the requests that wait for a topic to be read then share what was read.
        InspectionRoutes inspection = new InspectionRoutes(
                models.inspections, worker(vertx, "inspection"), worker(vertx, "search"), responses);

        ModelsView table = new ModelsView(
                state.evaluations, state.store, state.conditions, metrics, state.curves, !endpoint.isOpen());
        stream =
                new EventStream(state.curves, table, state.clock, options.flinkUrl(), responses, worker(vertx, "page"));

        routes = List.of(
                guard::mount,
                access::mount,
                protocol::mount,
                new MetricsRoutes(metrics, worker(vertx, "metrics"), responses)::mount,
                new InstancesRoutes(models.queries, rows, responses)::mount,
                repository::mount,
                inspection::mount,
                learn::mount,
                feedback::mount,
                new PageRoutes(stream, responses)::mount,
                new DocsRoutes(state.store::models, state.clock, responses)::mount);
        admissions = List.of(predictions, learn.admission(), feedback.admission(), models.repository.admission());
        show(predictions, learn.admission(), feedback.admission(), metrics);
    }

    /** Inference has workers of its own, so that it does not delay the metrics and the page. */
    private static WorkerExecutor workers(Vertx vertx) {
        return vertx.createSharedWorkerExecutor(
                "vert.x-inference", Math.max(2, Runtime.getRuntime().availableProcessors()));
    }

    /** Waiting for the broker of a topic must delay neither predictions nor the rows of another topic. */
    private static WorkerExecutor producing(Vertx vertx, String route) {
        return vertx.createSharedWorkerExecutor("vert.x-" + route, PRODUCING_WORKERS);
    }

    /** What takes long for reasons of its own does not delay changes of the repository, which have Vert.x's workers. */
    private static WorkerExecutor worker(Vertx vertx, String name) {
        return vertx.createSharedWorkerExecutor("vert.x-" + name, 1);
    }

    /** Shows what limits requests as metrics. */
    private void show(Admission predictions, Admission learning, Admission feedback, ServerMetrics metrics) {
        metrics.gauge(
                "freshet.requests.in.flight",
                "Requests to predict with a complete body and no response yet",
                predictions::inFlight);
        metrics.gauge(
                "freshet.learn.requests.in.flight",
                "Requests to learn with a complete body that wait for a broker",
                learning::inFlight);
        metrics.gauge(
                "freshet.feedback.requests.in.flight",
                "Requests with outcomes with a complete body that wait for a broker",
                feedback::inFlight);
        metrics.gauge(
                "freshet.requests.held.bytes",
                "Bodies of requests in memory",
                () -> admissions.stream().mapToLong(Admission::heldBytes).sum());
    }

    void mount(Router router) {
        routes.forEach(route -> route.accept(router));
    }

    /** Returns the number of requests that have no response yet. */
    int inFlight() {
        return admissions.stream().mapToInt(Admission::inFlight).sum();
    }
}
