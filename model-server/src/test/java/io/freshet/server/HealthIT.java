package io.freshet.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.freshet.learning.evaluation.Event;
import io.freshet.learning.evaluation.Metric;
import io.freshet.learning.evaluation.Metrics;
import io.freshet.learning.evaluation.PredictedSamples;
import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.loss.Task;
import io.freshet.learning.predict.Snapshot;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.facts.Evaluation;
import io.freshet.schemas.facts.Heartbeat;
import io.freshet.schemas.facts.Rejections;
import io.freshet.schemas.kafka.ParameterKey;
import io.freshet.schemas.snapshot.ModelSpecCodec;
import io.freshet.schemas.snapshot.SnapshotCodec;
import io.freshet.server.request.UnknownKeys;
import io.freshet.server.store.Gate;
import io.freshet.server.store.VersionLimits;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the page shows of models that are not well. Would catch one that looks well, and one that looks bad since another is. */
@Timeout(60)
class HealthIT {
    private static final ModelSpec M = spec("m", "");

    private final AtomicLong now = new AtomicLong(RunningServer.NOW);
    private RunningServer server;

    @BeforeEach
    void start() {
        server = new RunningServer(
                ServerOptions.of("unused:1")
                        .withAddress("127.0.0.1", 0)
                        .withServing(new ServerOptions.Serving(
                                UnknownKeys.ERROR,
                                Map.of(),
                                VersionLimits.DEFAULT,
                                null,
                                List.of(Gate.parse("gated:loss<=0.7"), Gate.parse("never:loss<=0.7")),
                                false)),
                () -> Instant.ofEpochMilli(now.get()));
        beat(RunningServer.NOW - 10_000, 0);
        beat(RunningServer.NOW, 100);
        server.publish(M, 1);
        Tally total = Evaluated.oneSample();
        evaluate(total, RunningServer.NOW - 100);
        total.add(Evaluated.oneSample());
        evaluate(total, RunningServer.NOW);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void a_model_that_learns_and_is_served_has_no_problem() throws Exception {
        JsonObject row = row("m");
        assertThat(row.getString("level")).isEqualTo("good");
        assertThat(row.getJsonArray("problems")).isEmpty();
        assertThat(row.getInteger("learnedKeys")).isEqualTo(1);
        assertThat(row.containsKey("pinned")).isTrue();
        assertThat(row.getValue("pinned")).isNull();
        assertThat(row.getValue("rejectedRate"))
                .as("unknown, without a topic of dead letters")
                .isNull();
    }

    @Test
    void a_model_that_was_only_applied_has_a_state_and_rejects_and_others_do_not() throws Exception {
        apply(spec("hotels", ""));
        apply(spec("trains", ""));
        server.signs.rejections().known(true);
        server.signs.rejections().add("hotels", 660_000, "stars: missing", RunningServer.NOW);

        JsonObject hotels = row("hotels");
        assertThat(hotels.getString("state")).isEqualTo("rejecting");
        assertThat(hotels.getString("level")).isEqualTo("bad");
        assertThat(hotels.getDouble("rejectedRate")).isEqualTo(66_000);
        assertThat(problems(hotels))
                .containsExactly("bad: rejects 66,000 records/s, more than it learns; the newest: stars: missing");
        assertThat(hotels.containsKey("samples") || hotels.containsKey("version"))
                .isFalse();
        assertThat(row("trains").getString("state")).isEqualTo("not evaluated");
        assertThat(row("trains").getString("level")).isEqualTo("quiet");
        assertThat(row("m").getString("level")).isEqualTo("good");
        for (String other : List.of("m", "trains")) {
            assertThat(row(other).getJsonArray("problems")).isEmpty();
            assertThat(row(other).getDouble("rejectedRate")).isZero();
        }
        assertThat(server.scrape())
                .contains(
                        "freshet_model_state{model=\"hotels\",state=\"rejecting\"} 1.0",
                        "freshet_model_state{model=\"trains\",state=\"not_evaluated\"} 1.0",
                        "freshet_model_rejected_per_second{model=\"hotels\"} 66000.0");

        server.apply("hotels".getBytes(UTF_8), null);
        assertThat(names()).containsExactly("m", "trains");
    }

    @Test
    void a_record_that_no_model_could_decode_is_a_problem_of_the_topic_and_of_no_model() throws Exception {
        apply(spec("trains", ""));
        server.signs.rejections().add(Rejections.ALL, 2, "not Avro", RunningServer.NOW);
        for (String model : List.of("m", "trains")) {
            assertThat(problems(row(model))).isEmpty();
        }
        assertThat(tick("").getJsonObject("undecodable"))
                .isEqualTo(new JsonObject()
                        .put("level", "warning")
                        .put("text", "no model can decode 0.2 records/s; the newest: not Avro"));
    }

    @Test
    void a_malformed_specification_is_a_problem_of_its_model_only() throws Exception {
        server.apply("broken".getBytes(UTF_8), new byte[] {1, 2, 3});
        assertThat(problems(row("broken"))).singleElement().asString().startsWith("bad: malformed specification: ");
        assertThat(row("broken").getString("level")).isEqualTo("bad");
        assertThat(row("m").getString("level")).isEqualTo("good");
    }

    @Test
    void a_failure_of_a_specification_that_was_replaced_does_not_count() throws Exception {
        apply(M);
        server.evaluate(Evaluation.failed("m", "other", "out of luck", RunningServer.NOW, Evaluated.oneSample()));
        assertThat(row("m").getString("state")).isEqualTo("learning");

        server.evaluate(
                Evaluation.failed("m", M.hash(), "out of memory", RunningServer.NOW + 1, Evaluated.oneSample()));
        assertThat(problems(row("m"))).containsExactly("bad: failed: out of memory");
    }

    @Test
    void a_pin_is_a_problem_once_there_is_a_newer_version() throws Exception {
        server.post("/v2/repository/models/m/load", "{\"parameters\": {\"version\": \"1\"}}");
        assertThat(row("m").getLong("pinned")).isEqualTo(1);
        assertThat(row("m").getString("level")).isEqualTo("good");

        server.publish(M, 2, 3);
        JsonObject row = row("m");
        assertThat(row.getLong("version")).isEqualTo(1);
        assertThat(row.getString("level")).isEqualTo("warning");
        assertThat(problems(row))
                .containsExactly("warning: pinned to version 1, though 2 newer ones are kept, up to 3");

        server.post("/v2/repository/models/m/load", "");
        assertThat(row("m").getString("level")).isEqualTo("good");
    }

    @Test
    void a_gate_that_refuses_the_newest_version_is_a_problem_until_one_passes() throws Exception {
        publish("gated", 1, 0.5);
        assertThat(problems(row("gated"))).noneMatch(problem -> problem.contains("refuses"));
        publish("gated", 2, 0.9);
        publish("gated", 3, 0.8);
        publish("never", 1, 0.9);

        String since = Instant.ofEpochMilli(RunningServer.NOW).toString();
        assertThat(problems(row("gated")))
                .contains("warning: refuses version 3, since " + since
                        + ": gate: loss: 0.8 over 3 samples (expected: <= 0.7)");
        apply(spec("never", ""));
        assertThat(problems(row("never")))
                .containsExactly("bad: refuses version 1, since " + since
                        + ": gate: loss: 0.9 over 1 samples (expected: <= 0.7)");
        assertThat(row("m").getString("level")).isEqualTo("good");

        server.publish(List.of(new KeyedBytes(ParameterKey.snapshot("never", "").toBytes(), null)));
        assertThat(problems(row("never"))).as("deleted").noneMatch(problem -> problem.contains("refuses"));

        publish("gated", 4, 0.6);
        assertThat(problems(row("gated"))).noneMatch(problem -> problem.contains("refuses"));
    }

    @Test
    void parameters_that_are_old_while_samples_arrive_are_a_problem() throws Exception {
        assertThat(problems(row("m"))).isEmpty();
        now.addAndGet(20_000);
        beat(now.get(), 200);
        assertThat(problems(row("m")))
                .containsExactly("warning: stale: the parameters are 1 min 19 s old (expected: at most 60 s)");
    }

    /** The page and the command must not show different numbers for a model with keys that are not published yet. */
    @Test
    void keys_and_samples_are_those_of_the_evaluations() throws Exception {
        ModelSpec keyed = spec("keyed", ", key: k");
        server.publish(Published.records(keyed, "a", 7, 1, 1));
        IntStream.range(0, 222)
                .forEach(i -> server.evaluate(Evaluated.of(
                        "keyed", "k" + i, Evaluated.oneSample(), RunningServer.NOW, Evaluation.Progress.UNKNOWN)));
        JsonObject row = row("keyed");
        assertThat(row.getInteger("learnedKeys")).isEqualTo(222);
        assertThat(row.getInteger("samples")).isEqualTo(222);
        assertThat(row.getInteger("keys")).isEqualTo(1);
        assertThat(row.getInteger("version")).isEqualTo(7);
    }

    /** Would catch keys, which may be names of people, on a page that any host can read. */
    @Test
    void a_server_that_any_host_can_ask_shows_no_keys() throws Exception {
        server.close();
        server = new RunningServer(
                ServerOptions.of("unused:1").withAddress("0.0.0.0", 0), () -> Instant.ofEpochMilli(now.get()));
        beat(RunningServer.NOW, 100);
        ModelSpec keyed = spec("keyed", ", key: k");
        server.publish(Published.records(keyed, "s3cret", 1, 1, 1));
        server.publish(Published.records(keyed, "s3cret", 2, 2, 2));
        server.store.pin("keyed", "s3cret", "1");
        server.evaluate(new Evaluation(
                Evaluation.Subject.of("keyed", "s3cret"),
                new Evaluation.Counts(1, 1, 0),
                new Evaluation.Window(
                        0, false, 1, RunningServer.NOW, new Metrics(1, Map.of(Metric.LOSS, Double.POSITIVE_INFINITY))),
                Evaluated.oneSample(),
                new Evaluation.Learning(
                        null, null, 0, false, List.of(new Event(Event.Kind.DIVERGENCE, "divergence", 3, 0.5, 9)), null),
                Evaluation.Progress.UNKNOWN));

        JsonObject row = row("keyed");

        assertThat(row.encode()).doesNotContain("s3cret");
        assertThat(row.getString("event")).startsWith("divergence");
        assertThat(problems(row))
                .anyMatch(problem -> problem.startsWith("warning: pinned to version 1"))
                .anyMatch(problem -> problem.startsWith("bad: diverged: loss of the newest window"))
                .anyMatch(problem -> problem.startsWith("warning: divergence"));
    }

    @Test
    void of_more_models_than_the_page_shows_the_worst_are_shown() throws Exception {
        IntStream.range(0, 250).forEach(i -> apply(spec("a" + i, "")));
        apply(spec("y", ""));
        apply(spec("z", ""));
        server.signs.rejections().add("y", 1, "a: missing", RunningServer.NOW);
        server.signs.rejections().add("z", 500, "a: missing", RunningServer.NOW);
        // On a busy machine, a tick may have begun before.
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() ->
                        assertThat(names()).hasSize(200).contains("m", "y", "z").isSorted());
        assertThat(tick("").getInteger("total")).isEqualTo(253);
    }

    /** Would catch an empty page of a model that is well. */
    @Test
    void a_page_of_a_model_shows_it_though_others_fill_the_table() throws Exception {
        IntStream.range(0, 250).forEach(i -> {
            apply(spec("a" + i, ""));
            server.signs.rejections().add("a" + i, 1, "a: missing", RunningServer.NOW);
        });
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(names()).hasSize(200).doesNotContain("m"));

        JsonArray rows = tick("?model=m").getJsonArray("models");
        assertThat(rows).singleElement().isInstanceOfSatisfying(JsonObject.class, row -> {
            assertThat(row.getString("name")).isEqualTo("m");
            assertThat(row.getString("level")).isEqualTo("good");
        });
        assertThat(tick("?model=unknown").getJsonArray("models")).isEmpty();
    }

    @Test
    void a_model_with_one_class_is_a_problem_with_the_names_of_its_specification() throws Exception {
        apply(ModelSpec.parse("{name: flights, label: delayed, labels: [punctual, late], loss: binary-cross-entropy, "
                + "features: {numeric: [a]}}"));
        Tally total = Tally.of(Task.BINARY, 1);
        for (int i = 0; i < 1_000; i++) {
            total.add(0.1, 1, new PredictedSamples(1, new float[] {1}, new float[] {1}, new float[] {1}), 0, 0, 1);
        }
        server.evaluate(Evaluated.of("flights", "", total, RunningServer.NOW, new Evaluation.Progress(1L, 0L, false)));
        assertThat(problems(row("flights")))
                .containsExactly(
                        "warning: delayed: late in all 1,000 samples (expected: samples of two or more classes)");
    }

    private void evaluate(Tally total, long at) {
        server.evaluate(Evaluated.of("m", "", total, at, new Evaluation.Progress(1L, 0L, false)));
    }

    private void apply(ModelSpec spec) {
        KeyedBytes record = new ModelSpecCodec().write(spec, 0);
        server.apply(record.key(), record.value());
    }

    private void beat(long sentAt, long read) {
        server.beat(new Heartbeat(0, sentAt, sentAt, List.of(read), List.of(), 0L, false, -1));
    }

    private JsonObject row(String model) throws Exception {
        return rows().stream()
                .map(row -> (JsonObject) row)
                .filter(row -> row.getString("name").equals(model))
                .findFirst()
                .orElseThrow();
    }

    private List<String> names() throws Exception {
        return rows().stream().map(row -> ((JsonObject) row).getString("name")).toList();
    }

    private JsonArray rows() throws Exception {
        return tick("").getJsonArray("models");
    }

    /** Returns the tick after the next one: a page first receives the last one. */
    private JsonObject tick(String query) throws Exception {
        try (BufferedReader reader = PageStream.open(server, query, null)) {
            PageStream.read(reader);
            return PageStream.read(reader).data();
        }
    }

    private static List<String> problems(JsonObject row) {
        return row.getJsonArray("problems").stream()
                .map(problem -> (JsonObject) problem)
                .map(problem -> problem.getString("level") + ": " + problem.getString("text"))
                .toList();
    }

    private void publish(String model, long version, double loss) {
        Snapshot plain = Published.snapshot(spec(model, ""), "", version, version);
        Snapshot snapshot = new Snapshot(
                plain.spec(),
                "",
                version,
                version,
                plain.parameters(),
                plain.moments(),
                plain.lineage(),
                plain.blockVersions(),
                new Metrics(version, Map.of(Metric.LOSS, loss)));
        server.publish(new SnapshotCodec().write(snapshot, "freshet.samples", version, "0.1.0"));
    }

    private static ModelSpec spec(String name, String more) {
        return ModelSpec.parse(
                "{name: " + name + ", label: y, loss: mean-squared-error, features: {numeric: [a]}" + more + "}");
    }
}
