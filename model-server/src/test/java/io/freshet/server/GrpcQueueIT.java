package io.freshet.server;

import static io.freshet.server.GrpcRequests.input;
import static io.freshet.server.GrpcRequests.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.PublishSpec.Lane;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.facts.LatestEvaluations;
import io.freshet.schemas.facts.SignsOfLife;
import io.freshet.server.access.Access;
import io.freshet.server.body.Responses;
import io.freshet.server.grpc.GrpcHandler;
import io.freshet.server.grpc.ProtocolCalls;
import io.freshet.server.grpc.proto.InferTensorContents;
import io.freshet.server.grpc.proto.ModelInferRequest;
import io.freshet.server.grpc.proto.ModelInferResponse;
import io.freshet.server.http.Admission;
import io.freshet.server.http.ErrorResponses;
import io.freshet.server.http.InferExecutor;
import io.freshet.server.http.Limits;
import io.freshet.server.http.ModelRepository;
import io.freshet.server.http.ServingContext;
import io.freshet.server.ingest.ParameterIngest;
import io.freshet.server.metrics.ModelConditions;
import io.freshet.server.metrics.ServerMetrics;
import io.freshet.server.predict.AnswerSink;
import io.freshet.server.predict.Inference;
import io.freshet.server.predict.InferenceService;
import io.freshet.server.predict.ModelQueries;
import io.freshet.server.predict.Shadows;
import io.freshet.server.predict.UnknownKeyRule;
import io.freshet.server.predict.VersionLookup;
import io.freshet.server.store.ModelStore;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.http.HttpServer;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Calls that wait for a worker. Would catch a server that keeps all of them parsed, which takes many times their bytes. */
@Timeout(60)
class GrpcQueueIT {
    private static final int CALLS = 8;
    private static final int ROWS = 20_000;
    private static final ServerOptions OPTIONS = ServerOptions.of("unused:1");
    private static final ModelSpec SPEC = ModelSpec.parse(
            "{name: m, label: y, loss: mean-squared-error, features: {numeric: [a], standardize: false}}");

    private final InstantSource clock = InstantSource.system();
    private final ModelStore store = new ModelStore(OPTIONS.serving().versions());
    private final LatestEvaluations evaluations = new LatestEvaluations();
    private final ModelConditions conditions = new ModelConditions(store, evaluations, new SignsOfLife());
    private final Admission admission = new Admission("requests", 256, 64 << 20);
    /** Jobs that a worker has begun. */
    private final AtomicInteger jobs = new AtomicInteger();

    /** How many there were at each prediction. */
    private final List<Integer> atPrediction = Collections.synchronizedList(new ArrayList<>());

    @Test
    void a_call_that_waits_for_a_worker_is_not_parsed() throws Exception {
        Vertx vertx = Vertx.vertx();
        CountDownLatch busy = new CountDownLatch(1);
        try (ServerMetrics metrics = new ServerMetrics(store, evaluations, conditions, clock)) {
            for (KeyedBytes record : Published.records(SPEC, "", 1, 0, 1)) {
                new ParameterIngest(Lane.EAGER, store, metrics, List.of(), clock)
                        .accept(record.key(), record.value(), 0);
            }
            WorkerExecutor workers = vertx.createSharedWorkerExecutor("one", 1);
            workers.executeBlocking(() -> busy.await(40, TimeUnit.SECONDS));
            HttpServer server = vertx.createHttpServer()
                    .requestHandler(handler(vertx, metrics, new Counted(workers)))
                    .listen(0, "127.0.0.1")
                    .await(20, TimeUnit.SECONDS);
            try (GrpcClient client = new GrpcClient(server.actualPort())) {
                List<CompletableFuture<ModelInferResponse>> calls = new ArrayList<>();
                for (int i = 0; i < CALLS; i++) {
                    calls.add(CompletableFuture.supplyAsync(
                            () -> client.call("ModelInfer", large(), ModelInferResponse.getDefaultInstance()),
                            task -> new Thread(task).start()));
                }
                await().until(() -> admission.inFlight() == CALLS);
                busy.countDown();

                for (CompletableFuture<ModelInferResponse> call : calls) {
                    assertThat(call.get().getOutputs(0).getContents().getFp32ContentsCount()
                                    + call.get().getOutputs(0).getContents().getFp64ContentsCount())
                            .isEqualTo(ROWS);
                }
            }
            assertThat(atPrediction).containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
        } finally {
            busy.countDown();
            vertx.close().await(20, TimeUnit.SECONDS);
        }
    }

    private static ModelInferRequest large() {
        return request("m")
                .addInputs(input("a", "INT64", ROWS)
                        .setContents(
                                InferTensorContents.newBuilder().addAllInt64Contents(Collections.nCopies(ROWS, 0L))))
                .build();
    }

    private GrpcHandler handler(Vertx vertx, ServerMetrics metrics, WorkerExecutor workers) {
        Limits limits = Limits.of(ROWS, 1 << 20);
        VersionLookup lookup = new VersionLookup(store, () -> true, model -> false);
        Inference inference = new Inference(
                new UnknownKeyRule(
                        lookup::find,
                        OPTIONS.serving().unknownKeys(),
                        OPTIONS.serving().parents()),
                model -> Set.of(),
                conditions,
                clock);
        InferenceService service = new InferenceService(
                lookup,
                inference,
                metrics,
                (response, shadow) -> {
                    atPrediction.add(jobs.get());
                    return AnswerSink.AT_ONCE;
                },
                new Shadows(inference, metrics, AnswerSink.NONE));
        ServingContext serving = new ServingContext(service, new InferExecutor(workers), admission, limits);
        Responses responses = new Responses(metrics, limits.responses(), limits.requestTime());
        return new GrpcHandler(
                vertx,
                serving,
                new ProtocolCalls(
                        new ModelQueries(lookup, metrics, conditions, clock),
                        new ModelRepository(store, lookup, conditions, clock),
                        () -> null),
                new Access(List.of(), false),
                responses,
                new ErrorResponses(responses, metrics));
    }

    /** Counts the jobs that begin. */
    private final class Counted implements WorkerExecutor {
        private final WorkerExecutor workers;

        Counted(WorkerExecutor workers) {
            this.workers = workers;
        }

        @Override
        public <T> Future<T> executeBlocking(Callable<T> job, boolean ordered) {
            return workers.executeBlocking(
                    () -> {
                        jobs.incrementAndGet();
                        return job.call();
                    },
                    ordered);
        }

        @Override
        public Future<Void> close() {
            return workers.close();
        }
    }
}
