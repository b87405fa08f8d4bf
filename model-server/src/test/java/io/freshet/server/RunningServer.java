package io.freshet.server;

import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.PublishSpec.Lane;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.facts.Evaluation;
import io.freshet.schemas.facts.EvaluationCodec;
import io.freshet.schemas.facts.Heartbeat;
import io.freshet.schemas.facts.HeartbeatCodec;
import io.freshet.schemas.facts.LatestEvaluations;
import io.freshet.schemas.facts.SignsOfLife;
import io.freshet.schemas.loop.JoinReport;
import io.freshet.schemas.loop.JoinReportCodec;
import io.freshet.server.ingest.AppliedModelIngest;
import io.freshet.server.ingest.EvaluationIngest;
import io.freshet.server.ingest.ParameterIngest;
import io.freshet.server.inspect.FakeDeadLetterTopic;
import io.freshet.server.inspect.FakeTopics;
import io.freshet.server.store.ModelStore;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/** A server without Kafka clients: tests pass records to the ingest directly, and use HTTP for everything else. */
final class RunningServer implements AutoCloseable {
    static final long NOW = Published.WATERMARK + 60_000;

    final ModelStore store;
    final LatestEvaluations latestEvaluations;
    final SignsOfLife signs;
    final FakeDeadLetterTopic deadLetters = new FakeDeadLetterTopic();
    final FakeTopics topics = new FakeTopics();
    private final ServerState state;
    private final Map<Lane, ParameterIngest> parameters = new EnumMap<>(Lane.class);
    private final EvaluationIngest evaluations;
    final AppliedModelIngest applied;
    /** Whether the topics have been read. */
    volatile boolean caughtUp = true;

    private final HttpListener listener;
    private final HttpClient client = HttpClient.newHttpClient();

    RunningServer() {
        this(ServerOptions.of("unused:1").withAddress("127.0.0.1", 0));
    }

    RunningServer(ServerOptions options) {
        this(options, InstantSource.fixed(Instant.ofEpochMilli(NOW)));
    }

    RunningServer(ServerOptions options, InstantSource clock) {
        state = new ServerState(options.serving().versions(), clock);
        store = state.store;
        latestEvaluations = state.evaluations;
        signs = state.signs;
        for (Lane lane : Lane.values()) {
            parameters.put(lane, Ingest.lane(lane, options, state));
        }
        evaluations = Ingest.evaluations(state);
        applied = new AppliedModelIngest(state.applied, state.store);
        Readiness readiness = new Readiness(
                () -> caughtUp, () -> null, state, options.serving().maximumStaleness());
        ServerOptions named = options.withAllowedHosts(allowedHosts(options));
        listener = HttpListener.start(
                named,
                state,
                new ModelServices(
                        named,
                        state,
                        readiness,
                        ModelServer.recent(named.endpoint(), deadLetters::open, topics::open, clock)));
    }

    /** Tests that write requests byte by byte name the host {@code x}. */
    private static Set<String> allowedHosts(ServerOptions options) {
        Set<String> names = new HashSet<>(options.endpoint().allowedHosts());
        names.add("x");
        return names;
    }

    int port() {
        return listener.port();
    }

    /** Ingests records of the parameters topic of the eager lane. */
    void publish(List<KeyedBytes> records) {
        publish(Lane.EAGER, records);
    }

    /** Ingests versions of a model without a key, whose parameters and times of publication are their number. */
    void publish(ModelSpec spec, int... versions) {
        for (int version : versions) {
            publish(Published.records(spec, "", version, version, version));
        }
    }

    void publish(Lane lane, List<KeyedBytes> records) {
        try {
            for (KeyedBytes record : records) {
                parameters.get(lane).accept(record.key(), record.value(), 0);
            }
        } catch (MalformedRecordException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** Ingests an evaluation. */
    void evaluate(Evaluation evaluation) {
        metrics(new EvaluationCodec().write(evaluation));
    }

    /** Ingests a heartbeat of the metrics topic. */
    void beat(Heartbeat heartbeat) {
        metrics(new HeartbeatCodec().write(heartbeat));
    }

    /** Ingests a report of a join. */
    void report(JoinReport report) {
        metrics(new JoinReportCodec().write(report));
    }

    /** Ingests the tombstone of the reports of a join. */
    void deleteReports(String model) {
        metrics(new JoinReportCodec().delete(model));
    }

    /** Ingests a record of the metrics topic. */
    void metrics(KeyedBytes record) {
        try {
            evaluations.accept(record.key(), record.value(), 0);
        } catch (MalformedRecordException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** Ingests a record of the models topic. */
    void apply(byte[] key, byte[] value) {
        try {
            applied.accept(key, value, 0);
        } catch (MalformedRecordException e) {
            // The ingest has recorded it.
        }
    }

    void notice(String text) {
        listener.notice(text);
    }

    /** Returns the metrics without an HTTP request. */
    String scrape() {
        return state.metrics.scrape();
    }

    /** Adds a metric. A scrape waits for its value. */
    void gauge(String name, Supplier<Number> value) {
        state.metrics.gauge(name, name, value);
    }

    /** Ingests a tombstone of the metrics topic. */
    void deleteEvaluations(String model, String key) {
        metrics(new EvaluationCodec().delete(model, key));
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(request(path).GET());
    }

    HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
        return send(request(path).header("Content-Type", "application/json").POST(BodyPublishers.ofString(body)));
    }

    /** Returns the body of a response whose status must be 200. */
    JsonObject json(String path) throws IOException, InterruptedException {
        return ok(get(path));
    }

    /** Labels a version, which must succeed. */
    void label(String model, String label, String body) throws IOException, InterruptedException {
        ok(post("/v2/repository/models/" + model + "/labels/" + label, body));
    }

    /** Returns the body of a response whose status must be 200. */
    JsonObject infer(String model, String body) throws IOException, InterruptedException {
        return ok(post("/v2/models/" + model + "/infer", body));
    }

    private static JsonObject ok(HttpResponse<String> response) {
        if (response.statusCode() != 200) {
            throw new AssertionError(response.statusCode() + " " + response.body());
        }
        return new JsonObject(response.body());
    }

    HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.build(), BodyHandlers.ofString());
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path));
    }

    @Override
    public void close() {
        listener.close();
        state.close();
    }
}
