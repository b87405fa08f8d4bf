package io.freshet.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.snapshot.ModelSpecCodec;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Outcomes without a broker: catches one that is acknowledged though nothing has it, and one that the join would reject. */
class FeedbackRoutesIT {
    private static final ServerOptions OPTIONS = ServerOptions.of("127.0.0.1:1").withAddress("127.0.0.1", 0);
    private static final ModelSpec SPEC = ModelSpec.parse("{name: m, label: y, loss: binary-cross-entropy,"
            + " features: {numeric: [a]}, join: {within: 1h, after: 0, exposure: shown}}");
    private static final ModelSpec PLAIN =
            ModelSpec.parse("{name: plain, label: y, loss: mean-squared-error, features: {numeric: [a]}}");

    private static final ServerOptions.Writing WRITING = new ServerOptions.Writing(null, "freshet.outcomes", null);

    private static RunningServer server;

    @BeforeAll
    static void start() {
        server = new RunningServer(OPTIONS.withKafka(Map.of("max.block.ms", "100"))
                .withWriting(new ServerOptions.Writing(null, "freshet.outcomes", null)));
        server.publish(Published.records(SPEC, "", 1, 0, 1));
        server.publish(Published.records(PLAIN, "", 1, 0, 1));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void outcomes_that_no_broker_acknowledges_are_unavailable() throws Exception {
        double failed = count("failed");
        double rejected = count("rejected");

        HttpResponse<String> response =
                feedback("{\"outcomes\": [{\"id\": \"r1\", \"value\": 1}, {\"id\": \"r2\", \"value\": 7}]}");

        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(response.headers().firstValue("Retry-After")).hasValue("1");
        assertThat(response.body())
                .contains("topic freshet.outcomes: not acknowledged: ", "value: 7 (expected: in [0, 1])");
        assertThat(count("failed")).isEqualTo(failed + 1);
        assertThat(count("rejected")).isEqualTo(rejected + 1);
        assertThat(count("acknowledged")).isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"value\": 1}|id: missing (expected: a text of 1 to 1024 bytes of UTF-8)",
                "{\"id\": 5, \"value\": 1}|id: 5 (expected: a text)",
                "{\"id\": \"\", \"value\": 1}|id: a text of 0 bytes (expected: 1 to 1024 bytes of UTF-8)",
                "{\"id\": \"r\", \"value\": 2}|value: 2 (expected: in [0, 1])",
                "{\"id\": \"r\", \"value\": \"click\"}|value: click (expected: a number)",
                "{\"id\": \"r\", \"value\": [1]}|value: an array (expected: a number, true, false, or the name of a class)",
                "{\"id\": \"r\", \"value\": 1, \"time\": \"2999-01-01T00:00:00Z\"}"
                        + "|time: 2999-01-01T00:00:00Z (expected: at most 1 minute ahead of ",
                "{\"id\": \"r\", \"value\": 1, \"time\": \"yesterday\"}|time: yesterday (expected: milliseconds since 1970",
                "{\"id\": \"r\", \"valeu\": 1}|field: valeu (expected: value?)",
                "{\"id\": \"r\", \"shwon\": true}|field: shwon (expected: shown?)",
                "{\"id\": \"r\", \"value\": 1, \"model\": \"other\"}|model: other (expected: none, or m as in the path)"
            })
    void an_outcome_that_the_join_would_reject_is_invalid_and_says_why(String outcome, String reason) throws Exception {
        for (String body : new String[] {outcome, "{\"outcomes\": [" + outcome + "]}"}) {
            HttpResponse<String> response = feedback(body);

            assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
            assertThat(new JsonObject(response.body())
                            .getJsonArray("outputs")
                            .getJsonObject(2)
                            .getJsonArray("data")
                            .getString(0))
                    .startsWith(reason);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[]|body: no JSON object (expected: an outcome, such as",
                "{\"outcomes\": []}|outcomes: empty (expected: 1 to 10000)",
                "{\"outcomes\": {}}|outcomes: no array (expected: an array of outcomes)",
                "{\"outcomes\": [1]}|outcomes[0]: no object (expected: an outcome)",
                "{\"outcomes\": [{\"id\": \"r\"}], \"id\": \"r\"}|body: id (expected: nothing beside outcomes)",
                "{\"id\": \"r\"} {}|body: trailing content (expected: one JSON object)",
                "{\"id\": \"r\", \"id\": \"s\"}|Duplicate field 'id'",
                "{\"id\": \"r\"|(expected: JSON)"
            })
    void a_body_that_holds_no_outcomes_is_invalid_as_a_whole(String body, String reason) throws Exception {
        HttpResponse<String> response = feedback(body);

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(new JsonObject(response.body()).getString("error")).contains(reason);
    }

    @Test
    void more_outcomes_than_the_limit_are_refused() throws Exception {
        HttpResponse<String> response =
                feedback("{\"outcomes\": [" + "{\"id\":\"r\"},".repeat(10_000) + "{\"id\":\"r\"}]}");

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).contains("outcomes: more than 10000 (expected: 1 to 10000)");
    }

    @Test
    void only_a_joined_model_that_is_served_has_outcomes() throws Exception {
        String outcome = "{\"id\": \"r\", \"value\": 1}";

        HttpResponse<String> plain = server.post("/v2/models/plain/feedback", outcome);
        HttpResponse<String> unknown = server.post("/v2/models/nobody/feedback", outcome);

        assertThat(plain.statusCode()).isEqualTo(400);
        assertThat(plain.body()).contains("model: plain (expected: one with join in its specification");
        assertThat(unknown.statusCode()).isEqualTo(404);
    }

    @Test
    void outcomes_are_checked_by_the_applied_specification_as_the_join_does() throws Exception {
        try (RunningServer other = new RunningServer(OPTIONS.withKafka(Map.of("max.block.ms", "100"))
                .withWriting(new ServerOptions.Writing(null, "freshet.outcomes", null)))) {
            other.publish(Published.records(PLAIN, "", 1, 0, 1));
            KeyedBytes applied = new ModelSpecCodec()
                    .write(
                            ModelSpec.parse("{name: plain, label: y, loss: binary-cross-entropy,"
                                    + " features: {numeric: [a]}, join: {within: 1h, after: 0, exposure: seen}}"),
                            0);
            other.apply(applied.key(), applied.value());

            HttpResponse<String> response = other.post(
                    "/v2/models/plain/feedback",
                    "{\"outcomes\": [{\"id\": \"r\", \"value\": 7}, {\"id\": \"r\", \"seen\": true}]}");

            assertThat(response.statusCode()).isEqualTo(503);
            assertThat(response.body())
                    .contains("[\"value: 7 (expected: in [0, 1])\",\"topic freshet.outcomes: not acknowledged: ");
        }
    }

    @Test
    void outcomes_of_a_model_that_was_applied_without_its_join_are_refused_though_it_is_still_served()
            throws Exception {
        try (RunningServer other = new RunningServer(OPTIONS.withWriting(WRITING))) {
            other.publish(Published.records(SPEC, "", 1, 0, 1));
            KeyedBytes applied = new ModelSpecCodec()
                    .write(
                            ModelSpec.parse(
                                    "{name: m, label: y, loss: binary-cross-entropy, features: {numeric: [a]}}"),
                            0);
            other.apply(applied.key(), applied.value());

            HttpResponse<String> response = other.post("/v2/models/m/feedback", "{\"id\": \"r\", \"value\": 1}");

            assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
            assertThat(response.body()).contains("model: m (expected: one with join in its specification");
        }
    }

    /** Would catch requests that are learned without their outcomes, because of what one server does with versions. */
    @Test
    void outcomes_of_an_unloaded_model_are_received() throws Exception {
        try (RunningServer other = new RunningServer(
                OPTIONS.withKafka(Map.of("max.block.ms", "100")).withWriting(WRITING))) {
            other.publish(Published.records(SPEC, "", 1, 0, 1));
            assertThat(other.post("/v2/repository/models/m/unload", "{}").statusCode())
                    .isEqualTo(200);

            HttpResponse<String> response =
                    other.post("/v2/models/m/feedback", "{\"outcomes\": [{\"id\": \"r\", \"value\": 7}]}");

            assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
            assertThat(response.body()).contains("value: 7 (expected: in [0, 1])");
            assertThat(other.post("/v2/models/m/feedback", "{\"id\": \"r\", \"value\": 1}")
                            .body())
                    .contains("topic freshet.outcomes: not acknowledged: ");
        }
    }

    /** Would catch outcomes whose topic is missing that keep the rows of another topic waiting. */
    @Test
    void rows_to_learn_do_not_wait_for_the_topic_of_outcomes() throws Exception {
        ServerOptions options = OPTIONS.withKafka(Map.of("max.block.ms", "60000"))
                .withWriting(new ServerOptions.Writing("freshet.samples", "freshet.outcomes", null));
        ExecutorService clients = Executors.newFixedThreadPool(8);
        try (RunningServer other = new RunningServer(options)) {
            other.publish(Published.records(SPEC, "", 1, 0, 1));
            for (int i = 0; i < 8; i++) {
                Future<?> unused =
                        clients.submit(() -> other.post("/v2/models/m/feedback", "{\"id\": \"r\", \"value\": 1}"));
            }
            await().until(() -> other.scrape().contains("freshet_feedback_requests_in_flight 8.0"));

            HttpResponse<String> rejected = other.post(
                    "/v2/models/m/learn",
                    InferBodies.inputs(
                            InferBodies.tensor("a", "[1]", "FP64", "[1]"),
                            InferBodies.tensor("y", "[1]", "FP64", "[7]")));

            assertThat(rejected.statusCode()).as(rejected.body()).isEqualTo(400);
            assertThat(other.scrape()).contains("freshet_feedback_requests_in_flight 8.0");
        } finally {
            clients.shutdownNow();
        }
    }

    @Test
    void outcomes_and_answers_have_topics_of_their_own() {
        for (String topic : List.of("freshet.answers", "freshet.unjoined", "freshet.models")) {
            assertThatThrownBy(() -> OPTIONS.withWriting(new ServerOptions.Writing(null, topic, null)))
                    .hasMessage("feedback: " + topic + " (expected: a topic of outcomes only)");
        }
        ServerOptions.Answers answers = new ServerOptions.Answers("both", 1);
        assertThatThrownBy(() -> OPTIONS.withWriting(new ServerOptions.Writing(null, "both", answers)))
                .hasMessage("logAnswers: both (expected: a topic of answers only)");
        assertThatThrownBy(() -> OPTIONS.withWriting(new ServerOptions.Writing("both", answers)))
                .hasMessage("logAnswers: both (expected: a topic of answers only)");
        assertThatThrownBy(() -> OPTIONS.withWriting(new ServerOptions.Writing("both", "both", null)))
                .hasMessage("feedback: both (expected: a topic of outcomes only)");
    }

    @Test
    void outcomes_are_refused_unless_the_server_was_started_to_accept_them() throws Exception {
        try (RunningServer reading = new RunningServer(OPTIONS)) {
            reading.publish(Published.records(SPEC, "", 1, 0, 1));

            HttpResponse<String> response = reading.post("/v2/models/m/feedback", "{\"id\": \"r\"}");

            assertThat(response.statusCode()).isEqualTo(404);
            assertThat(response.body()).contains("feedback: disabled (expected: a server started with --feedback)");
        }
        assertThatThrownBy(() -> OPTIONS.withWriting(new ServerOptions.Writing(null, "freshet.outcomes", null))
                        .withAddress("0.0.0.0", 0))
                .hasMessage("feedback: without a token on 0.0.0.0 (expected: a token, or host 127.0.0.1)");
        assertThatThrownBy(() -> OPTIONS.withWriting(new ServerOptions.Writing(null, "freshet.samples", null)))
                .hasMessage("feedback: freshet.samples (expected: a topic of outcomes only)");
    }

    private static double count(String result) throws Exception {
        String name = "freshet_feedback_outcomes_total{result=\"" + result + "\"} ";
        return server.scrape()
                .lines()
                .filter(line -> line.startsWith(name))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length())))
                .findFirst()
                .orElseThrow();
    }

    private static HttpResponse<String> feedback(String body) throws Exception {
        return server.post("/v2/models/m/feedback", body);
    }
}
