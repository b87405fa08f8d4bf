package io.freshet.server;

import static io.freshet.server.InferBodies.inputs;
import static io.freshet.server.InferBodies.tensor;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.spec.ModelSpec;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Vector inputs, and every kind of output. */
class InferVectorsIT {
    private static final String PIXELS = "features: {dense: [{field: pixel*, length: 3, divide: 2}]}";
    private static RunningServer server;

    @BeforeAll
    static void start() {
        server = new RunningServer();
        publish("{name: one, label: y, loss: mean-squared-error, " + PIXELS + "}", 1);
        publish("{name: pair, label: [y, z], loss: mean-absolute-error, outputs: 2, " + PIXELS + "}", 1);
        publish("{name: labels, label: [y, z], loss: binary-cross-entropy, outputs: 2, " + PIXELS + "}", 1);
        publish("{name: margin, label: y, loss: hinge, " + PIXELS + "}", 1);
        publish("{name: mail, label: y, labels: [ham, spam], loss: binary-cross-entropy, " + PIXELS + "}", 1);
        publish(
                "{name: animals, label: y, labels: [lynx, wolf, bear], loss: sparse-categorical-cross-entropy, "
                        + PIXELS + "}",
                1);
        publish("{name: mask, label: m, loss: dice, outputs: 4, " + PIXELS + "}", 1);
        publish("{name: box, label: b, loss: box-iou, outputs: 4, " + PIXELS + "}", 1);
        publish("{name: named, label: y, id: trip, loss: mean-squared-error, features: {categorical: [city]}}", 1);
        publish(
                "{name: padded, label: tags, loss: sequence-cross-entropy, outputs: 2, model: {type: sequence, steps: 4},"
                        + " features: {dense: [{field: v, length: 2}], length: used}}",
                0);
        publish(
                "{name: steps, label: tags, loss: sequence-cross-entropy, outputs: 2, model: {type: sequence, steps: 4},"
                        + " features: {dense: [{field: v, length: 2}]}}",
                0);
        publish(
                "{name: words, label: tags, loss: sequence-cross-entropy, outputs: 2, model: {type: sequence, steps: 4},"
                        + " features: {tokens: [text], hashBits: 4}}",
                0);
    }

    private static void publish(String spec, float parameter) {
        server.publish(Published.records(ModelSpec.parse(spec), "", 9, parameter, 1));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void accepts_a_vector_flat_or_nested_named_without_the_asterisk() throws Exception {
        for (String data : List.of("[2, 4, 6, 0, 0, 2]", "[[2, 4, 6], [0, 0, 2]]")) {
            for (String type : List.of("FP32", "FP64", "INT8", "UINT8", "INT64", "UINT64")) {
                JsonObject response = server.infer("one", inputs(tensor("pixel", "[2, 3]", type, data)));

                assertThat(output(response, 0))
                        .isEqualTo(
                                new JsonObject(
                                        "{\"name\": \"prediction\", \"datatype\": \"FP32\", \"shape\": [2], \"data\": [7.0, 2.0]}"));
            }
        }
    }

    @Test
    void several_numbers_have_one_column_each() throws Exception {
        JsonObject response = server.infer("pair", inputs(tensor("pixel", "[2, 3]", "FP32", "[2, 4, 6, 0, 0, 2]")));

        assertThat(output(response, 0))
                .isEqualTo(new JsonObject("{\"name\": \"prediction\", \"datatype\": \"FP32\","
                        + " \"shape\": [2, 2], \"data\": [7.0, 7.0, 2.0, 2.0]}"));
    }

    @Test
    void several_labels_have_one_probability_and_class_each() throws Exception {
        JsonObject response = server.infer("labels", inputs(tensor("pixel", "[2, 3]", "FP32", "[-2, 0, 0, -4, 0, 0]")));

        assertThat(output(response, 0).getJsonArray("shape")).isEqualTo(new JsonArray("[2, 2]"));
        assertThat(output(response, 0).getJsonArray("data").getDouble(0)).isEqualTo(0.5);
        assertThat(output(response, 1))
                .isEqualTo(new JsonObject(
                        "{\"name\": \"class\", \"datatype\": \"INT64\", \"shape\": [2, 2], \"data\": [1, 1, 0, 0]}"));
    }

    @Test
    void the_sign_of_a_score_is_its_class() throws Exception {
        JsonObject response =
                server.infer("margin", inputs(tensor("pixel", "[3, 3]", "FP32", "[-2, 0, 0, -3, 0, 0, 0, 0, 0]")));

        assertThat(output(response, 0))
                .isEqualTo(new JsonObject(
                        "{\"name\": \"score\", \"datatype\": \"FP32\", \"shape\": [3], \"data\": [0.0, -0.5, 1.0]}"));
        assertThat(output(response, 1).getJsonArray("data")).containsExactly(1, 0, 1);
    }

    @Test
    void a_class_with_a_name_is_served_by_name() throws Exception {
        JsonObject mail = server.infer("mail", inputs(tensor("pixel", "[2, 3]", "FP32", "[-2, 0, 0, -4, 0, 0]")));
        JsonObject animals = server.infer("animals", inputs(tensor("pixel", "[1, 3]", "FP32", "[1, 2, 3]")));
        JsonObject metadata = new JsonObject(server.get("/v2/models/animals").body());

        assertThat(output(mail, 0).getJsonArray("data").getDouble(0)).isEqualTo(0.5);
        assertThat(output(mail, 1))
                .isEqualTo(
                        new JsonObject(
                                "{\"name\": \"class\", \"datatype\": \"BYTES\", \"shape\": [2], \"data\": [\"spam\", \"ham\"]}"));
        assertThat(output(animals, 0).getJsonArray("shape")).isEqualTo(new JsonArray("[1, 3]"));
        assertThat(output(animals, 1).getJsonArray("data")).as("all are equal").containsExactly("lynx");
        assertThat(metadata.getJsonArray("outputs").getJsonObject(1).getString("datatype"))
                .isEqualTo("BYTES");
        assertThat(metadata.getJsonObject("properties").getString("labels")).isEqualTo("[\"lynx\",\"wolf\",\"bear\"]");
    }

    @Test
    void a_mask_is_true_from_a_probability_of_one_half() throws Exception {
        JsonObject response = server.infer("mask", inputs(tensor("pixel", "[2, 3]", "FP32", "[-2, 0, 0, -4, 0, 0]")));

        assertThat(output(response, 0).getString("name")).isEqualTo("probabilities");
        assertThat(output(response, 0).getJsonArray("shape")).isEqualTo(new JsonArray("[2, 4]"));
        assertThat(output(response, 1))
                .isEqualTo(new JsonObject("{\"name\": \"mask\", \"datatype\": \"BOOL\","
                        + " \"shape\": [2, 4], \"data\": [true, true, true, true, false, false, false, false]}"));
    }

    @Test
    void a_box_has_four_corners() throws Exception {
        JsonObject response = server.infer("box", inputs(tensor("pixel", "[1, 3]", "FP32", "[2, 4, 6]")));

        assertThat(output(response, 0).getString("name")).isEqualTo("box");
        assertThat(output(response, 0).getJsonArray("shape")).isEqualTo(new JsonArray("[1, 4]"));
        assertThat(output(response, 0).getJsonArray("data")).hasSize(4);
    }

    @Test
    void accepts_steps_nested_or_flat() throws Exception {
        String flat = "[1, 2, 3, 4, 5, 6]";
        JsonObject response = server.infer("steps", inputs(tensor("v", "[1, 3, 2]", "FP32", flat)));

        assertThat(output(response, 0))
                .isEqualTo(new JsonObject("{\"name\": \"probabilities\", \"datatype\": \"FP32\","
                        + " \"shape\": [1, 3, 2], \"data\": [0.5, 0.5, 0.5, 0.5, 0.5, 0.5]}"));
        assertThat(output(response, 1))
                .isEqualTo(new JsonObject(
                        "{\"name\": \"class\", \"datatype\": \"INT64\", \"shape\": [1, 3], \"data\": [0, 0, 0]}"));
        assertThat(server.infer("steps", inputs(tensor("v", "[1, 6]", "FP32", flat))))
                .isEqualTo(response);
        assertThat(server.infer("steps", inputs(tensor("v", "[1, 3, 2]", "FP32", "[[[1, 2], [3, 4], [5, 6]]]"))))
                .isEqualTo(response);
    }

    @Test
    void pads_shorter_sequences_with_class_minus_one() throws Exception {
        String vectors = tensor("v", "[2, 2, 2]", "FP32", "[1, 2, 3, 4, 5, 6, 0, 0]");
        JsonObject padded = server.infer("padded", inputs(vectors, tensor("used", "[2]", "INT32", "[2, 1]")));
        JsonObject steps = server.infer("steps", inputs(vectors, tensor("steps", "[2]", "INT64", "[2, 1]")));
        JsonObject words = server.infer("words", inputs(tensor("text", "[2]", "BYTES", "[\"a b\", \"c\"]")));

        for (JsonObject response : List.of(padded, steps, words)) {
            assertThat(output(response, 0).getJsonArray("shape")).isEqualTo(new JsonArray("[2, 2, 2]"));
            assertThat(output(response, 0).getJsonArray("data"))
                    .containsExactly(0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.0, 0.0);
            assertThat(output(response, 1).getJsonArray("data")).containsExactly(0, 0, 0, -1);
        }
    }

    @Test
    void the_sample_id_is_not_an_input() throws Exception {
        assertThat(server.infer("named", inputs(tensor("city", "[1]", "BYTES", "[\"Rome\"]"))))
                .isNotNull();
        assertThat(metadata("named").getJsonArray("inputs").toString()).doesNotContain("trip");
    }

    @Test
    void metadata_lists_shapes_and_layers() throws Exception {
        assertThat(metadata("mask").getJsonArray("inputs"))
                .isEqualTo(new JsonArray("[{\"name\": \"pixel\", \"datatype\": \"FP32\", \"shape\": [-1, 3]}]"));
        assertThat(metadata("mask").getJsonArray("outputs"))
                .isEqualTo(new JsonArray("[{\"name\": \"probabilities\", \"datatype\": \"FP32\", \"shape\": [-1, 4]},"
                        + " {\"name\": \"mask\", \"datatype\": \"BOOL\", \"shape\": [-1, 4]}]"));
        assertThat(metadata("padded").getString("platform")).isEqualTo("freshet_sequence");
        assertThat(metadata("padded").getJsonArray("inputs"))
                .isEqualTo(new JsonArray("[{\"name\": \"used\", \"datatype\": \"FP64\", \"shape\": [-1]},"
                        + " {\"name\": \"v\", \"datatype\": \"FP32\", \"shape\": [-1, -1, 2]}]"));
        assertThat(metadata("padded").getJsonArray("outputs"))
                .isEqualTo(new JsonArray("[{\"name\": \"probabilities\", \"datatype\": \"FP32\","
                        + " \"shape\": [-1, -1, 2]}, {\"name\": \"class\", \"datatype\": \"INT64\","
                        + " \"shape\": [-1, -1]}]"));
        assertThat(metadata("padded").getJsonObject("properties").getString("steps"))
                .isEqualTo("4");
        assertThat(metadata("pair").getJsonObject("properties").getString("layers"))
                .isEqualTo("bias 1x2=2, weights 3x2=6");
    }

    private static JsonObject metadata(String model) throws Exception {
        return new JsonObject(server.get("/v2/models/" + model).body());
    }

    private static JsonObject output(JsonObject response, int output) {
        return response.getJsonArray("outputs").getJsonObject(output);
    }
}
