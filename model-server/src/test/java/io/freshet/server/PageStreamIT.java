package io.freshet.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.evaluation.Event;
import io.freshet.learning.evaluation.Metric;
import io.freshet.learning.evaluation.Metrics;
import io.freshet.learning.evaluation.PredictedSamples;
import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.features.Incarnation;
import io.freshet.learning.loss.Task;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.facts.Evaluation;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The page's event stream. */
@Timeout(60)
class PageStreamIT {
    private RunningServer server;

    @BeforeEach
    void start() {
        server = new RunningServer(
                ServerOptions.of("unused:1").withAddress("127.0.0.1", 0).withFlinkUrl("http://127.0.0.1:8081"));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void a_page_of_one_model_gets_that_model_only() throws Exception {
        evaluate("m", "", 10);
        evaluate("other", "", 10);

        try (BufferedReader reader = PageStream.open(server, "?model=m", null);
                BufferedReader unknown = PageStream.open(server, "?model=none", null)) {
            JsonObject event = PageStream.read(reader).data();
            assertThat(event.getJsonArray("models")).hasSize(1);
            assertThat(event.getJsonArray("models").getJsonObject(0).getString("name"))
                    .isEqualTo("m");
            assertThat(event.getJsonObject("learned").fieldNames()).containsExactly("m");
            assertThat(event.getJsonObject("served").fieldNames()).containsExactly("m");
            assertThat(PageStream.read(unknown).data().getJsonArray("models")).isEmpty();
        }
    }

    @Test
    void a_page_that_draws_some_models_gets_all_rows_and_their_points_only() throws Exception {
        evaluate("m", "", 10);
        evaluate("other", "", 10);
        evaluate("third", "", 10);

        try (BufferedReader reader = PageStream.open(server, "?curves=m&curves=third", null);
                BufferedReader none = PageStream.open(server, "?curves=", null)) {
            JsonObject event = PageStream.read(reader).data();
            assertThat(event.getJsonArray("models")).hasSize(3);
            assertThat(event.getJsonObject("learned").fieldNames()).containsExactly("m", "third");
            assertThat(event.getJsonObject("served").fieldNames()).containsExactly("m", "third");
            event = PageStream.read(none).data();
            assertThat(event.getJsonArray("models")).hasSize(3);
            assertThat(event.getJsonObject("learned").fieldNames()).isEmpty();
        }
    }

    /** Would catch a request that makes the server build the curves of all models at once. */
    @Test
    void the_curves_of_many_models_arrive_in_parts() throws Exception {
        for (int model = 0; model < 20; model++) {
            for (int samples = 1; samples <= 200; samples++) {
                evaluate("m" + model, "", samples);
            }
        }

        try (BufferedReader reader = PageStream.open(server, null)) {
            Map<String, Integer> points = new TreeMap<>();
            List<String> events = new ArrayList<>();
            String id = null;
            while (id == null) {
                String line = reader.readLine();
                if (line.startsWith("id: ")) {
                    id = line;
                    line = reader.readLine();
                }
                events.add(line);
                JsonObject data = new JsonObject(reader.readLine().substring("data: ".length()));
                reader.readLine();
                int inEvent = 0;
                for (Map.Entry<String, Object> curve : data.getJsonObject("learned")) {
                    int more = ((JsonObject) curve.getValue())
                            .getJsonArray("points")
                            .size();
                    points.put(curve.getKey(), more);
                    inEvent += more;
                }
                assertThat(inEvent).isBetween(1, 1_199);
            }

            assertThat(points)
                    .hasSize(20)
                    .allSatisfy((model, count) -> assertThat(count).isEqualTo(200));
            assertThat(events).hasSizeGreaterThanOrEqualTo(4).startsWith("event: tick", "event: curves");
            assertThat(new HashSet<>(events)).hasSize(2);
            evaluate("m7", "", 201);
            String last = id.substring("id: ".length());
            assertThat(samples(PageStream.readUntil(server, last, "m7", 201), "m7"))
                    .containsExactly(201);
        }
    }

    @Test
    void only_the_page_of_a_model_gets_the_losses_of_what_was_served() throws Exception {
        evaluate("m", "", 10);
        server.report(new Reported("m").counted().scored(100, 0.5, 0.25).at(RunningServer.NOW));

        try (BufferedReader all = PageStream.open(server, "?curves=m", null);
                BufferedReader one = PageStream.open(server, "?model=m", null)) {
            assertThat(PageStream.read(all).data().getJsonObject("scored").fieldNames())
                    .isEmpty();
            assertThat(PageStream.read(one).data().getJsonObject("scored").fieldNames())
                    .containsExactly("m");
        }
    }

    @Test
    void a_new_page_gets_all_points_and_a_reconnected_page_those_it_missed() throws Exception {
        server.publish(Published.records(
                ModelSpec.parse("{name: m, label: y, loss: binary-cross-entropy, features: {numeric: [a]}}"),
                "",
                30,
                0,
                1));
        evaluate("m", "", 10);
        evaluate("m", "", 20);
        PageStream.Tick first = PageStream.readUntil(server, null, "m", 20);
        evaluate("m", "", 30);
        PageStream.Tick resumed = PageStream.readUntil(server, first.id(), "m", 30);
        PageStream.Tick other = PageStream.readUntil(server, "other-1", "m", 30);

        assertThat(first.data().getBoolean("reset")).isTrue();
        assertThat(samples(first, "m")).containsExactly(10, 20);
        assertThat(resumed.data().getBoolean("reset")).isFalse();
        assertThat(samples(resumed, "m")).containsExactly(30);
        assertThat(other.data().getBoolean("reset")).isTrue();
        assertThat(samples(other, "m")).containsExactly(10, 20, 30);
        assertThat(first.data().getString("flink")).isEqualTo("http://127.0.0.1:8081");
        JsonObject row = resumed.data().getJsonArray("models").getJsonObject(0);
        assertThat(row.getMap())
                .containsEntry("name", "m")
                .containsEntry("samples", 30)
                .containsEntry("window", 0.25)
                .containsEntry("version", 30)
                .containsEntry("age", 59.97)
                .containsEntry("state", "trainer gone");
    }

    /** Would catch a sum over all keys of all models for every page that is opened. */
    @Test
    void a_new_page_gets_the_last_tick_without_computing_another() throws Exception {
        AtomicLong clock = new AtomicLong(RunningServer.NOW);
        try (RunningServer ticking = new RunningServer(
                        ServerOptions.of("unused:1").withAddress("127.0.0.1", 0),
                        () -> Instant.ofEpochMilli(clock.incrementAndGet()));
                BufferedReader first = PageStream.open(ticking, null)) {
            List<Long> ticks =
                    new ArrayList<>(List.of(PageStream.read(first).data().getLong("at")));
            try (BufferedReader second = PageStream.open(ticking, null)) {
                long seen = PageStream.read(second).data().getLong("at");
                while (ticks.get(ticks.size() - 1) < seen) {
                    ticks.add(PageStream.read(first).data().getLong("at"));
                }
                assertThat(ticks).contains(seen);
            }
        }
    }

    @Test
    void a_keyed_model_has_one_curve_over_all_keys() throws Exception {
        evaluate("shops", "a", 10);
        evaluate("shops", "b", 20);

        PageStream.Tick tick = PageStream.readUntil(server, null, "shops", 30);

        assertThat(samples(tick, "shops")).containsExactly(10, 30);
        assertThat(tick.data().getJsonArray("models").getJsonObject(0).getInteger("samples"))
                .isEqualTo(30);
    }

    @Test
    void the_curves_of_serving_have_the_version_the_age_and_the_latency() throws Exception {
        String yaml = "{name: m, label: y, features: {numeric: [x]}, loss: mean-squared-error}";
        server.publish(Published.records(ModelSpec.parse(yaml), "", 10, 1, 1));
        server.infer("m", "{\"inputs\": [{\"name\": \"x\", \"datatype\": \"FP64\", \"shape\": [1], \"data\": [1]}]}");
        evaluate("m", "", 10);

        JsonArray point = PageStream.readUntil(server, null, "m", 10)
                .data()
                .getJsonObject("served")
                .getJsonObject("m")
                .getJsonArray("points")
                .getJsonArray(0);

        assertThat(point.getList().subList(0, 4)).containsExactly(RunningServer.NOW, 10.0, 59.99, null);
        assertThat(point).hasSize(8);
    }

    /** Would catch a curve that stalls until the new incarnation has learned as many samples as the previous one. */
    @Test
    void a_new_incarnation_starts_a_new_curve() throws Exception {
        evaluate("m", 0, 10);
        evaluate("m", 0, 20);
        PageStream.Tick first = PageStream.readUntil(server, null, "m", 20);
        evaluate("m", 500, 5);
        evaluate("m", 500, 15);
        PageStream.Tick resumed = PageStream.readUntil(server, first.id(), "m", 15);

        assertThat(samples(resumed, "m")).containsExactly(5, 15);
        assertThat(samples(PageStream.readUntil(server, null, "m", 15), "m")).containsExactly(5, 15);
        assertThat(resumed.data().getJsonArray("models").getJsonObject(0).getInteger("samples"))
                .isEqualTo(15);
    }

    @Test
    void a_deleted_model_is_removed() throws Exception {
        evaluate("m", "", 10);
        evaluate("shops", "a", 10);
        server.evaluate(Evaluated.of(
                "shops", "b", Evaluated.oneSample(), RunningServer.NOW, new Evaluation.Progress(1L, 40L, false)));
        server.deleteEvaluations("m", "");
        server.deleteEvaluations("shops", "a");
        server.deleteEvaluations("shops", "b");
        server.deleteEvaluations("other", "");

        PageStream.Tick tick = PageStream.readUntil(server, null, "shops", -1);

        assertThat(tick.data().getJsonArray("models")).isEmpty();
        assertThat(tick.data().getJsonObject("learned")).isEmpty();
        assertThat(server.get("/metrics").body()).doesNotContain("shops");
    }

    @Test
    void a_curve_continues_when_a_key_is_deleted() throws Exception {
        evaluate("shops", "a", 100);
        evaluate("shops", "b", 20);
        PageStream.readUntil(server, null, "shops", 120);
        server.deleteEvaluations("shops", "a");
        PageStream.readUntil(server, null, "shops", 20);
        evaluate("shops", "b", 30);

        PageStream.Tick tick = PageStream.readUntil(server, null, "shops", 30);

        assertThat(samples(tick, "shops")).containsExactly(100, 120, 130);
        assertThat(tick.data().getJsonArray("models").getJsonObject(0).getInteger("samples"))
                .isEqualTo(30);
    }

    @Test
    void another_task_starts_a_new_curve_of_a_keyed_model() throws Exception {
        evaluate("shops", "a", 100);
        PageStream.readUntil(server, null, "shops", 100);
        server.evaluate(
                Evaluated.of("shops", "a", Evaluated.oneSample(), RunningServer.NOW, Evaluation.Progress.UNKNOWN));
        PageStream.readUntil(server, null, "shops", 1);

        assertThat(samples(PageStream.readUntil(server, null, "shops", 1), "shops"))
                .containsExactly(1);
    }

    @Test
    void shows_the_lane_and_the_last_event_of_a_model() throws Exception {
        String yaml = "{name: m, label: y, features: {numeric: [x]}, loss: binary-cross-entropy, publish: {lane: %s}}";
        server.publish(Published.records(ModelSpec.parse(yaml.formatted("committed")), "", 10, 1, 1));
        evaluate("m", "", 10);
        evaluate("shops", "a", 20, Event.Kind.DRIFT);
        evaluate("shops", "b", 30, Event.Kind.DIVERGENCE);
        evaluate("shops", "c", 40);

        JsonArray rows = PageStream.readUntil(server, null, "shops", 90).data().getJsonArray("models");

        assertThat(rows.getJsonObject(0).getMap())
                .containsEntry("lane", "committed")
                .doesNotContainKey("event");
        assertThat(rows.getJsonObject(1).getMap())
                .containsEntry("event", "b: divergence at sample 30: loss 0.2500 -> 4.000")
                .doesNotContainKey("lane");
    }

    @Test
    void a_failed_model_shows_why_until_it_is_deleted() throws Exception {
        evaluate("shops", "a", 90);
        server.evaluate(Evaluation.failed("broken", "", "OpenBLAS", RunningServer.NOW, Tally.of(Task.BINARY, 1)));

        JsonArray rows = PageStream.readUntil(server, null, "shops", 90).data().getJsonArray("models");

        assertThat(rows.getJsonObject(0).getMap())
                .containsEntry("name", "broken")
                .containsEntry("failure", "OpenBLAS");
        assertThat(rows.getJsonObject(1).getMap()).doesNotContainKey("failure");
        assertThat(server.get("/metrics").body()).contains("freshet_model_failed{model=\"broken\"} 1.0");
    }

    /** Would catch a model that is green while nobody gets what it learns. */
    @Test
    void a_model_that_is_held_and_worse_than_a_constant_says_both() throws Exception {
        Tally total = Tally.of(Task.BINARY, 1);
        for (int i = 0; i < 2_000; i++) {
            float[] label = {i % 2};
            total.add(982, 1, new PredictedSamples(1, label, new float[] {9}, new float[] {1}), 0, 0, 1);
        }
        server.evaluate(new Evaluation(
                Evaluation.Subject.of("shops", ""),
                new Evaluation.Counts(2_000, 2_000, 0),
                new Evaluation.Window(1, false, 1, RunningServer.NOW, total.metrics()),
                total,
                new Evaluation.Learning(
                        null, null, 0, false, List.of(), null, new Evaluation.Published(800L, RunningServer.NOW, true)),
                Evaluation.Progress.UNKNOWN));

        JsonObject row = PageStream.readUntil(server, null, "shops", 2_000)
                .data()
                .getJsonArray("models")
                .getJsonObject(0);

        assertThat(row.getString("level")).isEqualTo("bad");
        assertThat(row.getJsonArray("problems").stream().map(problem -> ((JsonObject) problem).getString("text")))
                .anySatisfy(text -> assertThat(text).startsWith("held, no snapshot is published after version 800"))
                .anySatisfy(text -> assertThat(text).startsWith("diverged: loss 982.0 of 2,000 samples"));
        assertThat(server.get("/metrics").body()).contains("freshet_model_worse_than_constant{model=\"shops\"} 1.0");
    }

    private void evaluate(String model, String key, int samples, Event.Kind kind) {
        Event event = new Event(kind, kind.text(), samples, 0.25, 4);
        Evaluation.Learning learning = new Evaluation.Learning(null, null, 0, false, List.of(event), null);
        server.evaluate(new Evaluation(
                Evaluation.Subject.of(model, key),
                new Evaluation.Counts(samples, samples, 0),
                new Evaluation.Window(0, false, 1, samples, null),
                tally(samples),
                learning,
                Evaluation.Progress.UNKNOWN));
    }

    private void evaluate(String model, String key, int samples) {
        Metrics window = new Metrics(
                10, Map.of(Metric.LOSS, 0.25, Metric.BASELINE_LOSS, 0.7, Metric.ACCURACY, 0.5, Metric.LOG_LOSS, 0.25));
        server.evaluate(new Evaluation(
                Evaluation.Subject.of(model, key),
                new Evaluation.Counts(samples, samples, 0),
                new Evaluation.Window(0, false, 1, samples, window),
                tally(samples),
                Evaluation.Learning.UNKNOWN,
                Evaluation.Progress.UNKNOWN));
    }

    /** Evaluates a model whose incarnation starts at an offset of partition 0. */
    private void evaluate(String model, long firstOffset, int samples) {
        Incarnation incarnation = new Incarnation(new int[] {0}, new long[] {firstOffset});
        server.evaluate(new Evaluation(
                new Evaluation.Subject(model, "", incarnation, ""),
                new Evaluation.Counts(samples, samples, 0),
                new Evaluation.Window(0, false, 1, firstOffset + samples, null),
                tally(samples),
                Evaluation.Learning.UNKNOWN,
                Evaluation.Progress.UNKNOWN));
    }

    private static Tally tally(int samples) {
        Tally total = Tally.of(Task.BINARY, 1);
        for (int i = 0; i < samples; i++) {
            total.add(
                    0.5, 1, new PredictedSamples(1, new float[] {i % 2}, new float[] {0}, new float[] {0.5f}), 0, 0, 1);
        }
        return total;
    }

    private static List<Integer> samples(PageStream.Tick tick, String model) {
        return tick.data().getJsonObject("learned").getJsonObject(model).getJsonArray("points").stream()
                .map(point -> ((JsonArray) point).getInteger(1))
                .toList();
    }
}
