package io.freshet.server;

import static io.freshet.server.InferBodies.inputs;
import static io.freshet.server.InferBodies.tensor;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.spec.ModelSpec;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every kind of invalid vector or sequence, and its error. */
class InferVectorErrorsIT {
    private static final String ZEROS = "[" + "0,".repeat(783) + "0]";
    private static RunningServer server;

    @BeforeAll
    static void start() {
        server = new RunningServer();
        publish("{name: digits, label: y, loss: sparse-categorical-cross-entropy, outputs: 10,"
                + " features: {dense: [{field: pixel*, length: 784}]}}");
        publish("{name: tags, label: y, loss: sequence-cross-entropy, outputs: 2, model: {type: sequence, steps: 4},"
                + " features: {dense: [{field: v, length: 2}]}}");
        publish("{name: long, label: y, loss: sequence-cross-entropy, outputs: 1000,"
                + " model: {type: sequence, cell: dense, hidden: 1, steps: 100},"
                + " features: {dense: [{field: v, length: 1}]}}");
    }

    private static void publish(String spec) {
        server.publish(Published.records(ModelSpec.parse(spec), "", 9, 0, 1));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    static Stream<Arguments> badVectors() {
        return Stream.of(
                pixel("[1, 783]", "FP32", "[" + "0,".repeat(782) + "0]", "pixel.shape: [1, 783] (expected: [1, 784])"),
                pixel("[784]", "FP32", ZEROS, "pixel.shape: [784] (expected: [n, 784])"),
                pixel("[1, 28, 28]", "FP32", ZEROS, "pixel.shape: [1, 28, 28] (expected: [1, 784])"),
                pixel("[1, 1, 784]", "FP32", ZEROS, "pixel.shape: [1, 1, 784] (expected: [1, 784])"),
                pixel("[784, 1]", "FP32", ZEROS, "pixel.shape: [784, 1] (expected: [784, 784])"),
                pixel("[1, 784]", "FP32", "[1, 2]", "pixel.data: 2 values (expected: 784, to match its shape)"),
                pixel("[1, 784]", "FP32", "[]", "pixel.data: 0 values (expected: 784, to match its shape)"),
                pixel(
                        "[1, 784]",
                        "FP32",
                        "[[" + "0,".repeat(391) + "0], [" + "0,".repeat(391) + "0]]",
                        "pixel.data: arrays of [2, 392] (expected: 784 values, in one array or nested as its shape,"
                                + " [1, 784])"),
                pixel(
                        "[1, 784]",
                        "FP32",
                        "[" + ZEROS + ", [0]]",
                        "pixel.data: uneven arrays (expected: 784 values, in one array or nested as its shape, [1, 784])"),
                pixel(
                        "[1, 2147483647]",
                        "FP32",
                        "[0]",
                        "pixel.shape: [1, 2147483647] (expected: 1 to 16777216 values)"),
                pixel(
                        "[2, 2147483647, 2]",
                        "FP32",
                        "[0]",
                        "pixel.shape: [2, 2147483647, 2] (expected: 1 to 16777216 values)"),
                pixel(
                        "[4, 1073741825]",
                        "FP32",
                        "[0, 0, 0, 0]",
                        "pixel.shape: [4, 1073741825] (expected: 1 to 16777216 values)"),
                pixel("[10001, 784]", "FP32", "[0]", "pixel.shape: [10001, 784] (expected: 1 to 10000 rows)"),
                pixel("[1, 784]", "FP32", with(7, "\"12\""), "pixel.data[7]: \"12\" (expected: a number (FP32))"),
                pixel("[1, 784]", "FP32", with(7, "null"), "pixel.data[7]: null (expected: a number (FP32))"),
                pixel("[1, 784]", "FP32", with(7, "1e39"), "pixel.data[7]: 1e39 (expected: a number (FP32))"),
                pixel("[1, 784]", "FP64", with(7, "1e39"), "row 0: pixel[7]: 1.0E39 (expected: a number (FP32))"),
                pixel("[1, 784]", "UINT8", with(7, "256"), "pixel.data[7]: 256 (expected: a whole number (UINT8))"),
                pixel(
                        "[1, 784]",
                        "BYTES",
                        ZEROS.replace("0", "\"0\""),
                        "pixel: \"0\" (BYTES) (expected: a vector of 784 numbers (FP64, FP32, INT*, UINT*, BOOL))"),
                Arguments.of(
                        "digits",
                        inputs(tensor("pixel*", "[1, 784]", "FP32", ZEROS)),
                        "inputs: pixel* (expected: pixel?)"),
                v("[1, 3]", "[1, 2, 3]", "v.shape: [1, 3] (expected: [1, steps, 2] with 1 to 4 steps)"),
                v("[6]", "[1, 2, 3, 4, 5, 6]", "v.shape: [6] (expected: [n, steps, 2] with 1 to 4 steps)"),
                v("[1, 2, 3]", "[1, 2, 3, 4, 5, 6]", "v.shape: [1, 2, 3] (expected: [1, steps, 2] with 1 to 4 steps)"),
                v(
                        "[1, 5, 2]",
                        "[1, 2, 3, 4, 5, 6, 7, 8, 9, 0]",
                        "v.shape: [1, 5, 2] (expected: [1, steps, 2] with 1 to 4 steps)"),
                steps("[3]", "row 0: steps: 3.0 (expected: a whole number from 1 to 2)"),
                steps("[0]", "row 0: steps: 0.0 (expected: a whole number from 1 to 2)"),
                steps("[1.5]", "row 0: steps: 1.5 (expected: a whole number from 1 to 2)"));
    }

    @ParameterizedTest
    @MethodSource("badVectors")
    void rejects_a_bad_vector_with_a_reason(String model, String body, String message) throws Exception {
        assertThat(error(model, body)).isEqualTo(message);
    }

    @Test
    void nan_is_not_json() throws Exception {
        assertThat(error("digits", inputs(tensor("pixel", "[1, 784]", "FP32", with(7, "NaN")))))
                .startsWith("body: line 1, column ");
    }

    @Test
    void names_a_missing_vector() throws Exception {
        server.publish(Published.records(
                ModelSpec.parse("{name: both, label: y, loss: mean-squared-error,"
                        + " features: {numeric: [a], dense: [{field: pixel*, length: 3}]}}"),
                "",
                9,
                0,
                1));

        assertThat(error("both", inputs(tensor("a", "[1]", "FP32", "[1]"))))
                .isEqualTo(
                        "inputs.pixel: missing" + " (expected: a vector of 3 numbers (FP64, FP32, INT*, UINT*, BOOL))");
    }

    @Test
    void limits_the_rows_by_the_longest_possible_sequence() throws Exception {
        assertThat(error("long", inputs(tensor("v", "[11, 1]", "FP32", "[0,0,0,0,0,0,0,0,0,0,0]"))))
                .isEqualTo("rows: 11 (expected: up to 10 for 100 steps of 1000 classes)");
    }

    private static String error(String model, String body) throws Exception {
        HttpResponse<String> response = server.post("/v2/models/" + model + "/infer", body);

        assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
        return new JsonObject(response.body()).getString("error");
    }

    private static Arguments pixel(String shape, String datatype, String data, String message) {
        return Arguments.of("digits", inputs(tensor("pixel", shape, datatype, data)), message);
    }

    private static Arguments v(String shape, String data, String message) {
        return Arguments.of("tags", inputs(tensor("v", shape, "FP32", data)), message);
    }

    private static Arguments steps(String count, String message) {
        return Arguments.of(
                "tags",
                inputs(tensor("v", "[1, 2, 2]", "FP32", "[1, 2, 3, 4]"), tensor("steps", "[1]", "FP32", count)),
                message);
    }

    /** Returns 784 zeros, with one replaced. */
    private static String with(int index, String value) {
        return "[" + "0,".repeat(index) + value + ",0".repeat(783 - index) + "]";
    }
}
