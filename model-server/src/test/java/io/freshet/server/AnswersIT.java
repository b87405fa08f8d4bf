package io.freshet.server;

import static io.freshet.server.InferBodies.inputs;
import static io.freshet.server.InferBodies.tensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.snapshot.ModelSpecCodec;
import io.freshet.server.answers.AnswerPolicy;
import io.freshet.server.answers.LoggedFields;
import io.freshet.server.request.UnknownKeys;
import io.freshet.server.store.VersionLimits;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Logging answers without a broker: catches an answer that waits for it, or a loss that is not counted. */
class AnswersIT {
    private static final ServerOptions OPTIONS = ServerOptions.of("127.0.0.1:1").withAddress("127.0.0.1", 0);
    private static final ModelSpec SPEC =
            ModelSpec.parse("{name: m, label: y, loss: mean-squared-error, features: {numeric: [a]}}");
    private static final String A = tensor("a", "[2]", "FP64", "[1, 2]");

    private static final List<String> LONG_NAMES =
            IntStream.range(0, 10).mapToObj(i -> "f".repeat(90) + i).toList();

    private RunningServer server;

    @BeforeEach
    void start() {
        server = new RunningServer(logging("freshet.answers", 1));
        server.publish(Published.records(SPEC, "", 1, 0, 1));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void answers_that_no_broker_takes_are_dropped_and_counted() throws Exception {
        assertThat(server.scrape())
                .contains(
                        "freshet_answers_total{result=\"logged\"} 0.0",
                        "freshet_answers_total{result=\"dropped\"} 0.0");

        for (int i = 0; i < 20; i++) {
            server.infer("m", inputs(A));
        }

        await().untilAsserted(
                        () -> assertThat(server.scrape()).contains("freshet_answers_total{result=\"dropped\"} 40.0"));
        assertThat(server.scrape()).contains("freshet_answers_total{result=\"logged\"} 0.0");
    }

    @Test
    void answers_to_plain_rows_are_logged_too() throws Exception {
        String rows = "{\"instances\": [{\"a\": 1, \"id\": \"i1\"}, {\"a\": 2}]}";

        assertThat(server.post("/v1/models/m:predict", rows).statusCode()).isEqualTo(200);

        await().untilAsserted(
                        () -> assertThat(server.scrape()).contains("freshet_answers_total{result=\"dropped\"} 2.0"));
    }

    @Test
    void rows_may_have_ids_which_the_model_does_not_read() throws Exception {
        JsonObject plain = server.infer("m", inputs(A));
        JsonObject named = server.infer("m", inputs(A, tensor("id", "[2]", "BYTES", "[\"i1\", null]")));

        assertThat(named.getValue("outputs")).isEqualTo(plain.getValue("outputs"));
        assertThat(error(inputs(A, tensor("id", "[2]", "INT64", "[1, 2]"))))
                .isEqualTo("id: 1 (INT64) (expected: a text (BYTES))");
        assertThat(error(inputs(A, tensor("id", "[2,2]", "BYTES", "[\"1\", \"2\", \"3\", \"4\"]"))))
                .isEqualTo("id.shape: [2, 2] (expected: [n] or [n,1])");
    }

    @Test
    void a_request_without_an_id_gets_one_if_a_row_needs_it_and_no_other_has_it() throws Exception {
        Set<String> given = new HashSet<>();
        for (int i = 0; i < 50; i++) {
            given.add(server.infer("m", inputs(A)).getString("id"));
        }
        assertThat(given).hasSize(50).allSatisfy(id -> assertThat(id).matches("[0-9a-f]{24}-\\d+"));
        assertThat(server.infer("m", inputs(A).replaceFirst("\\{", "{\"id\": \"mine\", "))
                        .getString("id"))
                .isEqualTo("mine");
        assertThat(server.infer("m", inputs(A).replaceFirst("\\{", "{\"id\": \"\", "))
                        .getString("id"))
                .matches("[0-9a-f]{24}-\\d+");
        assertThat(server.infer("m", inputs(A, tensor("id", "[2]", "BYTES", "[\"i1\", \"i2\"]")))
                        .getString("id"))
                .isNull();
    }

    @Test
    void plain_rows_have_ids_too() throws Exception {
        String rows = "\"instances\": [{\"a\": 1}, {\"a\": 2}]}";

        assertThat(plain("{" + rows).getString("id")).matches("[0-9a-f]{24}-\\d+");
        assertThat(plain("{\"id\": \"mine\", " + rows).getString("id")).isEqualTo("mine");
        assertThat(plain("{\"id\": [5], " + rows).getString("id")).matches("[0-9a-f]{24}-\\d+");
    }

    @Test
    void without_a_log_a_request_without_an_id_has_none() throws Exception {
        try (RunningServer other = new RunningServer(OPTIONS)) {
            other.publish(Published.records(SPEC, "", 1, 0, 1));

            assertThat(other.infer("m", inputs(A)).containsKey("id")).isFalse();
        }
    }

    @Test
    void rows_may_have_event_times_which_the_model_does_not_read() throws Exception {
        server.infer("m", inputs(A, tensor("event_time", "[2]", "INT64", "[1700000000000, null]")));
        plain("{\"instances\": [{\"a\": 1, \"event_time\": 1700000000000}, {\"a\": 2}]}");

        assertThat(error(inputs(A, tensor("event_time", "[2]", "INT64", "[5, 0]"))))
                .isEqualTo("row 1: event_time: 0 (expected: milliseconds since 1970)");
        assertThat(error(inputs(A, tensor("event_time", "[2]", "FP64", "[1.5, 2]"))))
                .isEqualTo("row 0: event_time: 1.5 (expected: milliseconds since 1970)");
        assertThat(error(inputs(A, tensor("event_time", "[2]", "BYTES", "[\"a\", \"b\"]"))))
                .isEqualTo("event_time: \"a\" (BYTES) (expected: milliseconds since 1970 (INT64))");
        HttpResponse<String> response =
                server.post("/v1/models/m:predict", "{\"instances\": [{\"a\": 1, \"event_time\": \"noon\"}]}");
        assertThat(new JsonObject(response.body()).getString("error"))
                .isEqualTo("row 0: event_time: \"noon\" (expected: milliseconds since 1970)");
    }

    @Test
    void a_row_with_an_id_that_no_outcome_can_have_is_answered_and_counted() throws Exception {
        String id = "x".repeat(1_025);

        server.infer("m", inputs(A, tensor("id", "[2]", "BYTES", "[\"" + id + "\", \"i2\"]")));

        await().untilAsserted(() -> assertThat(server.scrape())
                .contains(
                        "freshet_answers_total{result=\"invalid-id\"} 1.0",
                        "freshet_answers_total{result=\"dropped\"} 1.0"));
    }

    @Test
    void a_joined_model_takes_what_only_the_join_reads() throws Exception {
        ModelSpec joined = ModelSpec.parse("{name: j, label: y, weight: w, loss: binary-cross-entropy,"
                + " features: {numeric: [a]}, when: {field: kind, equals: ad},"
                + " join: {within: 1h, after: 0, exposure: shown, slices: [origin]}}");
        server.publish(Published.records(joined, "", 1, 0, 1));
        String plain =
                "{\"instances\": [{\"a\": 1, \"w\": 2, \"kind\": \"ad\", \"shown\": true, \"origin\": \"SEA\"}]}";

        server.infer(
                "j",
                inputs(
                        A,
                        tensor("w", "[2]", "FP64", "[1, null]"),
                        tensor("kind", "[2]", "BYTES", "[\"ad\", \"ad\"]"),
                        tensor("shown", "[2]", "BOOL", "[true, false]"),
                        tensor("origin", "[2]", "BYTES", "[\"SEA\", null]")));
        assertThat(server.post("/v1/models/j:predict", plain).statusCode()).isEqualTo(200);

        assertThat(error(inputs(A, tensor("origin", "[2]", "BYTES", "[\"SEA\", null]"))))
                .startsWith("inputs: origin (expected: a");
        HttpResponse<String> label = server.post("/v2/models/j/infer", inputs(A, tensor("y", "[2]", "FP64", "[1, 1]")));
        assertThat(label.body())
                .contains("inputs: y (expected: an input of model j; leave the label out, or use /v2/models/j/learn)");
    }

    @Test
    void a_required_answer_that_no_broker_takes_is_not_returned() throws Exception {
        ServerOptions.Answers required = new ServerOptions.Answers(
                "freshet.answers", new AnswerPolicy(1, LoggedFields.ALL, Duration.ofMillis(200)));
        try (RunningServer strict = new RunningServer(OPTIONS.withWriting(new ServerOptions.Writing(null, required)));
                GrpcClient grpc = new GrpcClient(strict.port())) {
            strict.publish(Published.records(SPEC, "", 1, 0, 1));

            HttpResponse<String> response = strict.post("/v2/models/m/infer", inputs(A));
            HttpResponse<String> rows = strict.post("/v1/models/m:predict", "{\"instances\": [{\"a\": 1}]}");

            for (HttpResponse<String> each : List.of(response, rows)) {
                assertThat(each.statusCode()).isEqualTo(503);
                assertThat(each.headers().firstValue("Retry-After")).hasValue("1");
                assertThat(each.body())
                        .startsWith("{\"error\":\"topic freshet.answers: ")
                        .contains("(expected: a broker that takes every answer; try again)")
                        .doesNotContain("outputs", "predictions");
            }
            assertThat(grpc.failure(
                            "ModelInfer",
                            GrpcRequests.request("m")
                                    .addInputs(
                                            GrpcRequests.input("a", "FP64", 1).setContents(GrpcRequests.fp64(1)))
                                    .build()))
                    .startsWith("UNAVAILABLE: topic freshet.answers: ");
            await().untilAsserted(() ->
                    assertThat(strict.scrape()).contains("freshet_answers_total{result=\"dropped\"} 4.0"));
            await().untilAsserted(() -> assertThat(strict.scrape())
                    .contains("freshet_requests_in_flight 0.0", "freshet_requests_held_bytes 0.0"));
        }
    }

    @Test
    void answers_with_fields_that_wait_for_a_broker_take_a_limited_memory() throws Exception {
        ModelSpec wide = ModelSpec.parse(
                "{name: wide, label: y, loss: mean-squared-error," + " features: {dense: [{field: v, length: 1000}]}}");
        ServerOptions.Answers all =
                new ServerOptions.Answers("freshet.answers", new AnswerPolicy(1, LoggedFields.ALL, null));
        // The first answer waits for the broker until the test is over.
        try (RunningServer slow = new RunningServer(OPTIONS.withKafka(Map.of("max.block.ms", "600000"))
                .withWriting(new ServerOptions.Writing(null, all)))) {
            slow.publish(Published.records(wide, "", 1, 0, 1));
            String vectors = tensor("v", "[40, 1000]", "FP64", "[" + "0.125,".repeat(39_999) + "0.125]");

            for (int i = 0; i < 60; i++) {
                slow.infer("wide", inputs(vectors));
            }

            // Each row takes 6 kB, so about 1,400 of the 2,400 fit into 8 MiB.
            double dropped = slow.scrape()
                    .lines()
                    .filter(line -> line.startsWith("freshet_answers_total{result=\"dropped\"} "))
                    .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                    .sum();
            assertThat(dropped).isBetween(900.0, 1_200.0);
        }
    }

    @Test
    void a_required_answer_with_an_id_that_cannot_be_logged_is_invalid() throws Exception {
        ServerOptions.Answers required = new ServerOptions.Answers(
                "freshet.answers", new AnswerPolicy(1, LoggedFields.NONE, Duration.ofMillis(200)));
        try (RunningServer strict = new RunningServer(OPTIONS.withWriting(new ServerOptions.Writing(null, required)))) {
            strict.publish(Published.records(SPEC, "", 1, 0, 1));

            HttpResponse<String> response = strict.post(
                    "/v2/models/m/infer",
                    inputs(A, tensor("id", "[2]", "BYTES", "[\"i1\", \"" + "x".repeat(2_000) + "\"]")));

            assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
            assertThat(new JsonObject(response.body()).getString("error"))
                    .isEqualTo("row 1: id: a text of 2000 bytes (expected: 1 to 1024 bytes of UTF-8)");
        }
    }

    @Test
    void required_answers_that_take_more_memory_than_all_may_are_invalid() throws Exception {
        ModelSpec wide = ModelSpec.parse("{name: wide, label: y, loss: mean-squared-error, features: {numeric: ["
                + String.join(", ", LONG_NAMES) + "]}}");
        try (RunningServer strict = required(Duration.ofSeconds(20))) {
            strict.publish(Published.records(wide, "", 1, 0, 1));
            String[] columns = LONG_NAMES.stream()
                    .map(name -> tensor(name, "[10000]", "FP64", "[" + "1,".repeat(9_999) + "1]"))
                    .toArray(String[]::new);

            HttpResponse<String> response = strict.post("/v2/models/wide/infer", inputs(columns));

            assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
            assertThat(new JsonObject(response.body()).getString("error"))
                    .matches("row \\d{4}: the answers up to this row take 838\\d{4} bytes"
                            + " \\(expected: up to 8388608 to log them; send fewer rows per request\\)");
            assertThat(strict.scrape())
                    .containsPattern("freshet_answers_total\\{result=\"dropped\"} [1-9]\\d{3}\\.0")
                    .contains("freshet_answers_total{result=\"logged\"} 0.0");
        }
    }

    @Test
    void a_required_answer_of_a_joined_model_has_a_time_that_the_join_accepts() throws Exception {
        ModelSpec joined = ModelSpec.parse(
                "{name: j, label: y, loss: binary-cross-entropy, features: {numeric: [a]}, join: {within: 1h, after: 0}}");
        try (RunningServer strict = required(Duration.ofMillis(200))) {
            strict.publish(Published.records(SPEC, "", 1, 0, 1));
            strict.publish(Published.records(joined, "", 1, 0, 1));
            long last = RunningServer.NOW + 60_000;
            String ahead = inputs(A, tensor("event_time", "[2]", "INT64", "[" + last + ", " + (last + 1) + "]"));
            String intime = inputs(A, tensor("event_time", "[2]", "INT64", "[" + last + ", " + last + "]"));

            HttpResponse<String> response = strict.post("/v2/models/j/infer", ahead);

            assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
            assertThat(new JsonObject(response.body()).getString("error"))
                    .isEqualTo("row 1: event_time: " + Instant.ofEpochMilli(last + 1)
                            + " (expected: at most 1 minute ahead of " + Instant.ofEpochMilli(RunningServer.NOW)
                            + ")");
            KeyedBytes applied = new ModelSpecCodec()
                    .write(
                            ModelSpec.parse("{name: m, label: y, loss: mean-squared-error, features: {numeric: [a]},"
                                    + " join: {within: 1h, after: 0}}"),
                            0);
            strict.apply(applied.key(), applied.value());
            HttpResponse<String> sinceApplied = strict.post("/v2/models/m/infer", ahead);
            assertThat(sinceApplied.statusCode()).as(sinceApplied.body()).isEqualTo(400);
            // No broker takes them.
            assertThat(strict.post("/v2/models/j/infer", intime).statusCode()).isEqualTo(503);
            assertThat(strict.post("/v2/models/m/infer", intime).statusCode()).isEqualTo(503);
            strict.apply(applied.key(), null);
            assertThat(strict.post("/v2/models/m/infer", ahead).statusCode()).isEqualTo(503);
        }
    }

    @Test
    void a_time_that_only_another_model_reads_is_not_logged_and_counted() throws Exception {
        ModelSpec parent = ModelSpec.parse("{name: all, label: y, loss: mean-squared-error,"
                + " features: {numeric: [a], categorical: [event_time]}}");
        ModelSpec keyed =
                ModelSpec.parse("{name: shops, label: y, key: k, loss: mean-squared-error, features: {numeric: [a]}}");
        ServerOptions options = logging("freshet.answers", 1)
                .withServing(new ServerOptions.Serving(
                        UnknownKeys.PARENT, Map.of("shops", "all"), VersionLimits.DEFAULT, null, List.of(), false));
        try (RunningServer other = new RunningServer(options)) {
            other.publish(Published.records(parent, "", 1, 0, 1));
            other.publish(Published.records(keyed, "k1", 1, 0, 1));

            other.infer(
                    "shops",
                    inputs(
                            A,
                            tensor("event_time", "[2]", "BYTES", "[\"noon\", \"night\"]"),
                            tensor("k", "[2]", "BYTES", "[\"k1\", \"k2\"]")));

            await().untilAsserted(
                            () -> assertThat(other.scrape()).contains("freshet_answers_total{result=\"dropped\"} 2.0"));
        }
    }

    /** Would catch a setting of all clients with which the producer of answers cannot be created. */
    @Test
    void a_setting_of_all_clients_does_not_end_the_log() throws Exception {
        ServerOptions.Answers answers = new ServerOptions.Answers(
                "freshet.answers", new AnswerPolicy(1, LoggedFields.NONE, Duration.ofSeconds(5)));
        ServerOptions options = OPTIONS.withKafka(
                        Map.of("request.timeout.ms", "20000", "linger.ms", "9000", "max.block.ms", "100"))
                .withWriting(new ServerOptions.Writing(null, answers));
        try (RunningServer strict = new RunningServer(options)) {
            strict.publish(Published.records(SPEC, "", 1, 0, 1));

            assertThat(strict.post("/v2/models/m/infer", inputs(A)).body())
                    .contains("topic freshet.answers: Topic freshet.answers not present in metadata after 100 ms");
        }
    }

    @Test
    void a_setting_that_the_producer_refuses_is_found_at_the_start() {
        ServerOptions options = OPTIONS.withKafka(Map.of("max.in.flight.requests.per.connection", "50"))
                .withWriting(new ServerOptions.Writing("freshet.samples", null));

        assertThatThrownBy(() -> new RunningServer(options).close())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("kafka: ")
                .hasMessageContaining("max.in.flight.requests.per.connection");
    }

    @Test
    void the_sample_is_a_share_and_the_topic_is_not_one_that_freshet_reads() {
        assertThatThrownBy(() -> logging("a", 1.5)).hasMessage("logAnswersSample: 1.5 (expected: in (0, 1])");
        assertThatThrownBy(() -> logging("a", 0)).hasMessage("logAnswersSample: 0.0 (expected: in (0, 1])");
        assertThatThrownBy(() -> logging("freshet.samples", 1))
                .hasMessage("logAnswers: freshet.samples (expected: a topic of answers only)");
    }

    private static RunningServer required(Duration deadline) {
        return new RunningServer(OPTIONS.withWriting(new ServerOptions.Writing(
                null, new ServerOptions.Answers("freshet.answers", new AnswerPolicy(1, LoggedFields.ALL, deadline)))));
    }

    private static ServerOptions logging(String topic, double share) {
        return OPTIONS.withKafka(Map.of("max.block.ms", "100"))
                .withWriting(new ServerOptions.Writing(null, new ServerOptions.Answers(topic, share)));
    }

    private JsonObject plain(String body) throws Exception {
        HttpResponse<String> response = server.post("/v1/models/m:predict", body);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return new JsonObject(response.body());
    }

    private String error(String body) throws Exception {
        HttpResponse<String> response = server.post("/v2/models/m/infer", body);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
        return new JsonObject(response.body()).getString("error");
    }
}
