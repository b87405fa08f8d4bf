package io.freshet.server;

import static io.freshet.server.InferBodies.inputs;
import static io.freshet.server.InferBodies.tensor;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.spec.ModelSpec;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The responses to valid requests. */
class InferIT {
    private static final ModelSpec NUMBERS = ModelSpec.parse(
            "{name: numbers, label: y, loss: mean-squared-error, features: {numeric: [a, b], standardize: false}}");
    private static final ModelSpec CLICKS = ModelSpec.parse(
            "{name: clicks, label: y, loss: binary-cross-entropy, features: {numeric: [a], standardize: false}}");
    private static final ModelSpec KINDS = ModelSpec.parse(
            "{name: kinds, label: y, loss: sparse-categorical-cross-entropy, outputs: 4, features: {numeric: [a]}}");
    private static final ModelSpec SHOPS = ModelSpec.parse(
            "{name: shops, label: y, key: shop, loss: mean-squared-error, features: {numeric: [a], standardize: false}}");
    private static RunningServer server;

    @BeforeAll
    static void start() {
        server = new RunningServer();
        server.publish(Published.records(NUMBERS, "", 9, 2, 1));
        server.publish(Published.records(CLICKS, "", 5, 1, 1));
        server.publish(Published.records(KINDS, "", 5, 1, 1));
        server.publish(Published.records(SHOPS, "S1", 3, 1, 1));
        server.publish(Published.records(SHOPS, "S2", 4, 10, 1));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void predicts_a_number_with_its_version_and_age() throws Exception {
        JsonObject response = server.infer(
                "numbers",
                "{\"id\": \"r 1\", \"inputs\": ["
                        + tensor("a", "[2]", "FP64", "[1, 2.5]") + "," + tensor("b", "[2,1]", "INT8", "[[0], [-1]]")
                        + "]}");

        assertThat(response).isEqualTo(new JsonObject("""
                        {"model_name": "numbers", "model_version": "9", "id": "r 1",
                         "parameters": {"samples_learned": 9, "lane": "eager", "watermark": "2026-09-21T14:13:20.009Z",
                          "age_seconds": 59.991},
                         "outputs": [{"name": "prediction", "datatype": "FP32", "shape": [2], "data": [4.0, 5.0]}]}
                        """));
    }

    @Test
    void accepts_every_number_type_flat_or_nested() throws Exception {
        for (String type : List.of(
                "UINT8", "UINT16", "UINT32", "UINT64", "INT8", "INT16", "INT32", "INT64", "FP16", "FP32", "FP64")) {
            String request = inputs(tensor("a", "[1,1]", type, "[[7]]"), tensor("b", "[1]", "BOOL", "[true]"));

            assertThat(data(server.infer("numbers", request), 0)).containsExactly(18.0);
        }
    }

    @Test
    void returns_a_probability_and_its_class() throws Exception {
        JsonObject response = server.infer("clicks", inputs(tensor("a", "[3]", "FP64", "[-2, -1, 0]")));

        assertThat(data(response, 0).getDouble(1)).isEqualTo(0.5);
        assertThat(response.getJsonArray("outputs").getJsonObject(1))
                .isEqualTo(new JsonObject(
                        "{\"name\": \"class\", \"datatype\": \"INT64\", \"shape\": [3], \"data\": [0, 1, 1]}"));
    }

    @Test
    void returns_class_probabilities_row_by_row() throws Exception {
        JsonObject response = server.infer("kinds", inputs(tensor("a", "[2]", "FP64", "[-2, -1]")));

        assertThat(response.getJsonArray("outputs").getJsonObject(0))
                .isEqualTo(new JsonObject("{\"name\": \"probabilities\", \"datatype\": \"FP32\", \"shape\": [2, 4],"
                        + " \"data\": [0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25]}"));
        assertThat(data(response, 1)).containsExactly(0, 0);
    }

    @Test
    void returns_the_requested_outputs_in_order() throws Exception {
        String good = inputs(tensor("a", "[1]", "FP64", "[0]"));
        JsonObject response = server.infer(
                "clicks",
                good.substring(0, good.length() - 1)
                        + ", \"outputs\": [{\"name\": \"class\", \"parameters\": {}}, {\"name\": \"prediction\"}]}");

        assertThat(response.getJsonArray("outputs").stream()
                        .map(output -> ((JsonObject) output).getString("name"))
                        .toList())
                .containsExactly("class", "prediction");
    }

    @Test
    void predicts_each_row_with_its_key_and_returns_the_oldest_watermark() throws Exception {
        JsonObject response = server.infer(
                "shops",
                inputs(
                        tensor("shop", "[3]", "BYTES", "[\"S2\", \"S1\", \"S2\"]"),
                        tensor("a", "[3]", "FP64", "[0, 0, 1]")));

        assertThat(data(response, 0)).containsExactly(10.0, 1.0, 20.0);
        assertThat(response.getJsonArray("outputs").getJsonObject(1))
                .isEqualTo(new JsonObject(
                        "{\"name\": \"version\", \"datatype\": \"INT64\", \"shape\": [3], \"data\": [4, 3, 4]}"));
        assertThat(response.containsKey("model_version")).isFalse();
        assertThat(response.getJsonObject("parameters").getString("watermark")).isEqualTo("2026-09-21T14:13:20.003Z");
    }

    @Test
    void accepts_the_live_version() throws Exception {
        String request = inputs(tensor("a", "[1]", "FP64", "[0]"), tensor("b", "[1]", "FP64", "[0]"));

        assertThat(server.post("/v2/models/numbers/versions/9/infer", request).statusCode())
                .isEqualTo(200);
    }

    @Test
    void predicts_a_large_request_like_a_small_one() throws Exception {
        Random random = new Random(1);
        StringBuilder a = new StringBuilder("[0");
        for (int i = 1; i < 10_000; i++) {
            a.append(", ").append(random.nextInt(1000));
        }
        String column = a.append("]").toString();
        JsonObject response = server.infer(
                "numbers", inputs(tensor("a", "[10000]", "INT32", column), tensor("b", "[10000]", "INT32", column)));

        JsonArray inputs = new JsonArray(column);
        JsonArray predictions = data(response, 0);
        for (int i = 0; i < 10_000; i++) {
            assertThat(predictions.getDouble(i)).isEqualTo(2 + 4.0 * inputs.getInteger(i));
        }
    }

    @Test
    void a_key_uses_its_old_specification_until_its_new_one_arrives() throws Exception {
        ModelSpec before = ModelSpec.parse("{name: moving, label: y, key: shop, loss: mean-squared-error,"
                + " features: {numeric: [a], standardize: false}}");
        ModelSpec after = ModelSpec.parse("{name: moving, label: y, key: shop, loss: mean-squared-error,"
                + " features: {numeric: [b], standardize: false}}");
        server.publish(Published.records(before, "S1", 3, 1, 1));
        server.publish(Published.records(before, "S2", 3, 1, 1));
        server.publish(Published.records(after, "S2", 1, 5, 2));

        String both = inputs(
                tensor("shop", "[2]", "BYTES", "[\"S1\", \"S2\"]"),
                tensor("a", "[2]", "FP64", "[1, 1]"),
                tensor("b", "[2]", "FP64", "[2, 2]"));
        String old = inputs(tensor("shop", "[1]", "BYTES", "[\"S1\"]"), tensor("a", "[1]", "FP64", "[1]"));

        assertThat(data(server.infer("moving", both), 0)).containsExactly(2.0, 15.0);
        assertThat(data(server.infer("moving", old), 0)).containsExactly(2.0);
    }

    private static JsonArray data(JsonObject response, int output) {
        return response.getJsonArray("outputs").getJsonObject(output).getJsonArray("data");
    }
}
