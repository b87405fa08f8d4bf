package io.freshet.server;

import static io.freshet.server.InferBodies.inputs;
import static io.freshet.server.InferBodies.tensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.learning.spec.ModelSpec;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Rows to learn without a broker: catches a row that is acknowledged though nothing has it. */
class LearnRoutesIT {
    private static final ServerOptions OPTIONS = ServerOptions.of("127.0.0.1:1").withAddress("127.0.0.1", 0);
    private static final ModelSpec SPEC =
            ModelSpec.parse("{name: m, label: y, weight: w, loss: mean-squared-error, features: {numeric: [a]}}");
    private static final String A = tensor("a", "[2]", "FP64", "[1, 2]");
    private static final String Y = tensor("y", "[2]", "FP64", "[1, null]");
    private static final String W = tensor("w", "[2]", "FP64", "[1, 1]");

    private RunningServer server;

    @BeforeEach
    void start() {
        server = new RunningServer(OPTIONS.withKafka(Map.of("max.block.ms", "100"))
                .withWriting(new ServerOptions.Writing("freshet.samples", null)));
        server.publish(Published.records(SPEC, "", 1, 0, 1));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void rows_that_no_broker_acknowledges_are_unavailable() throws Exception {
        HttpResponse<String> response = server.post("/v2/models/m/learn", inputs(A, Y, W));

        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(response.headers().firstValue("Retry-After")).hasValue("1");
        assertThat(response.body())
                .contains("topic freshet.samples: not acknowledged: ", "y: missing (expected: a number)");
        assertThat(server.scrape())
                .contains(
                        "freshet_learn_rows_total{result=\"acknowledged\"} 0.0",
                        "freshet_learn_rows_total{result=\"failed\"} 1.0",
                        "freshet_learn_rows_total{result=\"rejected\"} 1.0");
    }

    /** Would catch a row that no broker accepts, and that clients send again for ever. */
    @Test
    void a_row_larger_than_a_record_is_invalid_and_the_rows_after_it_are_sent() throws Exception {
        ModelSpec spec =
                ModelSpec.parse("{name: texts, label: y, loss: mean-squared-error, features: {categorical: [c]}}");
        server.publish(Published.records(spec, "", 1, 0, 1));
        String large = "x".repeat(1_100_000);
        String y = tensor("y", "[2]", "FP64", "[1, 1]");

        HttpResponse<String> both = server.post(
                "/v2/models/texts/learn", inputs(tensor("c", "[2]", "BYTES", "[\"" + large + "\", \"b\"]"), y));
        HttpResponse<String> alone = server.post(
                "/v2/models/texts/learn",
                inputs(tensor("c", "[1]", "BYTES", "[\"" + large + "\"]"), tensor("y", "[1]", "FP64", "[1]")));

        assertThat(errors(both).getString(0)).matches("row: a record of 1100\\d+ bytes \\(expected: up to 1047552\\)");
        assertThat(errors(both).getString(1)).as("no broker").startsWith("topic freshet.samples: not acknowledged: ");
        assertThat(alone.statusCode()).isEqualTo(400);
        assertThat(errors(alone).getString(0)).startsWith("row: a record of ");
    }

    private static JsonArray errors(HttpResponse<String> response) {
        return new JsonObject(response.body())
                .getJsonArray("outputs")
                .getJsonObject(2)
                .getJsonArray("data");
    }

    @Test
    void a_request_without_a_valid_row_is_invalid() throws Exception {
        HttpResponse<String> response = server.post("/v2/models/m/learn", inputs(A, W));

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).contains("\"data\":[\"y: missing (expected: a number)\",");
    }

    @Test
    void inputs_must_be_fields_of_the_model_or_of_the_record() throws Exception {
        assertThat(error(inputs(A, Y, tensor("weigth", "[2]", "FP64", "[1, 1]"))))
                .isEqualTo("inputs: weigth (expected: a field of model m: a, y, w, id, event_time)");
        assertThat(error(inputs(A, Y, Y))).isEqualTo("inputs: y twice (expected: each field once)");
        assertThat(error(inputs(A, tensor("y", "[2]", "BYTES", "[\"1\", \"2\"]"))))
                .isEqualTo("y: \"1\" (BYTES) (expected: numbers)");
        assertThat(error(inputs(A, Y, tensor("id", "[2]", "INT64", "[1, 2]"))))
                .isEqualTo("id: 1 (INT64) (expected: a text (BYTES))");
        assertThat(error("{\"parameters\": {\"explain\": true}, \"inputs\": [" + A + "]}"))
                .isEqualTo("parameters: given (expected: none)");
        assertThat(error("{\"outputs\": [{\"name\": \"prediction\"}], \"inputs\": [" + A + "]}"))
                .isEqualTo("outputs: given (expected: none)");
    }

    @Test
    void rows_are_refused_unless_the_server_was_started_to_accept_them() throws Exception {
        try (RunningServer reading = new RunningServer(OPTIONS)) {
            reading.publish(Published.records(SPEC, "", 1, 0, 1));

            HttpResponse<String> response = reading.post("/v2/models/m/learn", inputs(A, Y, W));

            assertThat(response.statusCode()).isEqualTo(404);
            assertThat(response.body()).contains("learn: disabled (expected: a server started with --learn)");
        }
        assertThatThrownBy(() -> OPTIONS.withWriting(new ServerOptions.Writing("freshet.samples", null))
                        .withAddress("0.0.0.0", 0))
                .hasMessage("learn: without a token on 0.0.0.0 (expected: a token, or host 127.0.0.1)");
    }

    private String error(String body) throws Exception {
        HttpResponse<String> response = server.post("/v2/models/m/learn", body);
        assertThat(response.statusCode()).isEqualTo(400);
        return new JsonObject(response.body()).getString("error");
    }
}
