package io.freshet.server;

import static io.freshet.server.InferBodies.BYTES;
import static io.freshet.server.InferBodies.GOOD_A;
import static io.freshet.server.InferBodies.GOOD_CITY;
import static io.freshet.server.InferBodies.error;
import static io.freshet.server.InferBodies.inputs;
import static io.freshet.server.InferBodies.tensor;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every kind of invalid body of a request to predict, and its error. */
class InferBodyErrorsIT {
    private static RunningServer server;

    @BeforeAll
    static void start() {
        server = InferBodies.server();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    static Stream<Arguments> badRequests() {
        return Stream.of(
                bad("", "body: no JSON object (expected: {\"inputs\": [...]})"),
                bad("[]", "body: no JSON object (expected: {\"inputs\": [...]})"),
                bad("{\"inputs\": [", "body: line 1, column"),
                bad("{\"inputs\": nonsense}", "body: line 1, column"),
                bad("{} {}", "inputs: missing (expected: a tensor for each field of the model)"),
                bad(inputs(GOOD_A, GOOD_CITY) + " x", "body: line 1, column"),
                bad(inputs(GOOD_A, GOOD_CITY) + " {}", "body: trailing content (expected: one JSON object)"),
                bad("{\"id\": \"1\", \"id\": \"2\"}", "body: line 1, column"),
                bad("{\"id\": 5}", "id: 5 (expected: a string)"),
                bad("{\"inputs\": {}}", "inputs: { (expected: an array of tensors)"),
                bad("{\"inputs\": []}", "inputs: empty (expected: a tensor for each field of the model)"),
                bad("{\"inputs\": [5]}", "inputs[0]: 5 (expected: an object)"),
                bad("{\"inputs\": [{}]}", "inputs[0].name: missing (expected: the name of a field)"),
                bad("{\"inputs\": [{\"name\": \"a\"}]}", "a.datatype: missing (expected: one of BOOL, UINT8,"),
                a("[1]", "DOUBLE", "[1]", "a.datatype: DOUBLE (expected: one of BOOL, UINT8,"),
                bad(
                        "{\"inputs\": [{\"name\": \"a\", \"datatype\": \"FP64\", \"data\": [1]}]}",
                        "a.shape: missing (expected: [n], or [n,k] for a vector)"),
                bad(
                        "{\"inputs\": [{\"name\": \"a\", \"datatype\": \"FP64\", \"shape\": [1]}]}",
                        "a.data: missing (expected: 1 value)"),
                a("[]", "FP64", "[1]", "a.shape: [] (expected: [n], or [n,k] for a vector)"),
                a("[1,2]", "FP64", "[1,2]", "a.shape: [1, 2] (expected: [n] or [n,1])"),
                a("[1,1,1]", "FP64", "[1]", "a.shape: [1, 1, 1] (expected: [n] or [n,1])"),
                a("[1,1,1,1]", "FP64", "[1]", "a.shape: more than 3 dimensions (expected: [n], or"),
                a("[1,0]", "FP64", "[]", "a.shape: [1, 0] (expected: 1 to 16777216 values)"),
                a("[1,-1]", "FP64", "[1]", "a.shape: [1, -1] (expected: 1 to 16777216 values)"),
                a("[1,65536,65536]", "FP64", "[1]", "a.shape: [1, 65536, 65536] (expected: 1 to 16777216 values)"),
                a(
                        "[4,9223372036854775807,9223372036854775807]",
                        "FP64",
                        "[1,2,3,4]",
                        "a.shape: [4, 9223372036854775807, 9223372036854775807] (expected: 1 to 16777216 values)"),
                a("[1.5]", "FP64", "[1]", "a.shape: 1.5 (expected: [n], or [n,k] for a vector)"),
                a("[0]", "FP64", "[]", "a.shape: [0] (expected: 1 to 100 rows)"),
                a("[-1]", "FP64", "[1]", "a.shape: [-1] (expected: 1 to 100 rows)"),
                a("[101]", "FP64", "[1]", "a.shape: [101] (expected: 1 to 100 rows)"),
                a("[1e30]", "FP64", "[1]", "a.shape: 1e30 (expected: [n], or [n,k] for a vector)"),
                a(
                        "[99999999999999999999]",
                        "FP64",
                        "[1]",
                        "a.shape: 99999999999999999999 (expected: [n], or [n,k] for a vector)"),
                a("[3]", "FP64", "[1,2]", "a.data: 2 values (expected: 3, to match its shape)"),
                a(
                        "[2]",
                        "FP64",
                        "[[1,2]]",
                        "a.data: arrays of [1, 2] (expected: 2 values, in one array or nested as its shape, [2])"),
                a(
                        "[2]",
                        "FP64",
                        "[[1],2]",
                        "a.data: uneven arrays (expected: 2 values, in one array or nested as its shape, [2])"),
                a(
                        "[2]",
                        "FP64",
                        "[[1],[]]",
                        "a.data: uneven arrays (expected: 2 values, in one array or nested as its shape, [2])"),
                a(
                        "[1]",
                        "FP64",
                        "[[[1]]]",
                        "a.data: arrays of [1, 1, 1] (expected: 1 value, in one array or nested as its shape, [1])"),
                a(
                        "[1]",
                        "FP64",
                        "[[[[1]]]]",
                        "a.data: an array or object nested too deeply (expected: values in up to 3 levels of arrays)"),
                a("[1]", "FP64", "[{}]", "a.data: an array or object nested too deeply (expected: values"),
                a("[1]", "FP64", "5", "a.data: 5 (expected: an array)"),
                a("[1]", "FP64", "[\"12\"]", "a.data[0]: \"12\" (expected: a number (FP64))"),
                a("[1]", "FP64", "[null]", "a.data[0]: null (expected: a number (FP64))"),
                a("[1]", "FP64", "[true]", "a.data[0]: true (expected: a number (FP64))"),
                a("[1]", "FP64", "[NaN]", "body: line 1, column"),
                a("[1]", "FP64", "[\"NaN\"]", "a.data[0]: \"NaN\" (expected: a number (FP64))"),
                a("[1]", "FP64", "[Infinity]", "body: line 1, column"),
                a("[1]", "FP64", "[1e999]", "a.data[0]: 1e999 (expected: a number (FP64))"),
                a("[1]", "FP64", "[1e300]", "row 0: a: 1.0E300 (expected: a number of magnitude up to 3.4e38)"),
                a("[1]", "FP32", "[1e39]", "a.data[0]: 1e39 (expected: a number (FP32))"),
                a("[1]", "BOOL", "[1]", "a.data[0]: 1 (expected: true or false (BOOL))"),
                a("[2]", "INT8", "[127, 128]", "a.data[1]: 128 (expected: a whole number (INT8))"),
                a("[1]", "UINT8", "[-1]", "a.data[0]: -1 (expected: a whole number (UINT8))"),
                a("[1]", "INT64", "[9223372036854775808]", "a.data[0]: 9223372036854775808 (expected: "),
                a("[1]", "INT64", "[-9223372036854775809]", "a.data[0]: -9223372036854775809 (expected: "),
                a("[1]", "INT64", "[9.3e18]", "a.data[0]: 9.3e18 (expected: a whole number (INT64))"),
                a("[1]", "UINT64", "[18446744073709551616]", "a.data[0]: 18446744073709551616 (expected: "),
                a("[1]", "UINT64", "[-9223372036854775808]", "a.data[0]: -9223372036854775808 (expected: "),
                a("[1]", "INT64", "[1.5]", "a.data[0]: 1.5 (expected: a whole number (INT64))"),
                a("[1]", "BYTES", "[12]", "a.data[0]: 12 (expected: a string (BYTES))"),
                a("[1]", "BYTES", "[\"12\"]", "a: \"12\" (BYTES) (expected: a number (FP64, FP32, INT*, UINT*, BOOL))"),
                bad(
                        inputs(GOOD_A, tensor("city", "[1]", "INT32", "[5]")),
                        "city: 5 (INT32) (expected: a string (BYTES))"),
                bad(inputs(GOOD_A), "inputs.city: missing (expected: a string (BYTES))"),
                bad(inputs(GOOD_CITY), "inputs.a: missing (expected: a number (FP64, FP32, INT*, UINT*, BOOL))"),
                bad(inputs(GOOD_A, tensor("citty", "[1]", "BYTES", "[\"Rome\"]")), "inputs: citty (expected: city?)"),
                bad(inputs(GOOD_A, GOOD_CITY, tensor("y", "[1]", "FP64", "[1]")), "inputs: y (expected: "),
                bad(
                        inputs(GOOD_A, GOOD_CITY, tensor("temperature", "[1]", "FP64", "[1]")),
                        "inputs: temperature (expected: a field of model m: a, city)"),
                bad(inputs(GOOD_A, GOOD_A, GOOD_CITY), "inputs: a twice (expected: each field once)"),
                bad(inputs(tensor("a", "[2]", "FP64", "[1, 2]"), GOOD_CITY), "city.shape: [1] (expected: [2], like a)"),
                bad(
                        inputs(GOOD_A, tensor("b".repeat(100), "[2]", "FP64", "[1, 2]")),
                        "b".repeat(60) + "....shape: [2] (expected: [1], like a)"),
                outputs("[{\"name\": \"predictoin\"}]", "outputs: predictoin (expected: prediction?)"),
                outputs("[{\"name\": \"x\"}]", "outputs: x (expected: an output of model m: prediction, class)"),
                outputs(
                        "[{\"name\": \"class\"}, {\"name\": \"class\"}]",
                        "outputs: class twice (expected: each output once)"),
                outputs("[{}]", "outputs[0].name: missing (expected: the name of an output)"),
                outputs("[\"class\"]", "outputs[0]: class (expected: an object with a name)"),
                outputs("5", "outputs: 5 (expected: an array of objects with a name)"));
    }

    @ParameterizedTest
    @MethodSource("badRequests")
    void rejects_a_bad_request_with_a_reason(String body, String message) throws Exception {
        HttpResponse<String> response = server.post("/v2/models/m/infer", body);

        assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
        assertThat(error(response)).startsWith(message);
    }

    /** Would catch a range that is compared after rounding to a double. */
    @ParameterizedTest
    @CsvSource({
        "INT64, 9223372036854775807",
        "INT64, -9223372036854775808",
        "INT64, 1e18",
        "INT64, 9007199254740993",
        "UINT64, 18446744073709551615",
        "FP64, 18446744073709551616",
        "FP32, -99999999999999999999",
        "INT8, -128.0",
    })
    void accepts_the_whole_range_of_a_type(String datatype, String value) throws Exception {
        HttpResponse<String> response =
                server.post("/v2/models/m/infer", inputs(tensor("a", "[1]", datatype, "[" + value + "]"), GOOD_CITY));

        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    }

    /** Would catch rejecting clients that send null for what they omit. */
    @Test
    void optional_fields_may_be_null() throws Exception {
        String input = GOOD_A.replace("}", ", \"parameters\": null}");
        String all = "{\"id\": null, \"parameters\": null, \"outputs\": null, \"inputs\": [" + input + ", " + GOOD_CITY
                + "]}";

        HttpResponse<String> nulls = server.post("/v2/models/m/infer", all);

        assertThat(nulls.statusCode()).as(nulls.body()).isEqualTo(200);
        assertThat(nulls.body())
                .isEqualTo(server.post("/v2/models/m/infer", inputs(GOOD_A, GOOD_CITY))
                        .body());
        String output = "[{\"name\": \"class\", \"parameters\": null}]";
        assertThat(server.post("/v2/models/m/infer", all.replace("\"outputs\": null", "\"outputs\": " + output))
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void rejects_a_deeply_nested_body_without_harm() throws Exception {
        String deep = "[".repeat(BYTES / 2);
        for (String body : new String[] {deep, "{\"parameters\": " + deep, "{\"inputs\": [{\"data\": " + deep}) {
            HttpResponse<String> response = server.post("/v2/models/m/infer", body);

            assertThat(response.statusCode()).isEqualTo(400);
            assertThat(error(response)).containsAnyOf("nesting depth", "too deeply", "no JSON object", "an object)");
        }
    }

    private static Arguments bad(String body, String message) {
        return Arguments.of(body, message);
    }

    /** Returns a request whose input {@code a} is invalid. */
    private static Arguments a(String shape, String datatype, String data, String message) {
        String city = "[" + "\"Rome\",".repeat(Math.max(0, rows(shape) - 1)) + "\"Rome\"]";
        return bad(
                inputs(tensor("a", shape, datatype, data), tensor("city", "[" + rows(shape) + "]", "BYTES", city)),
                message);
    }

    private static int rows(String shape) {
        return shape.matches("\\[[1-9]\\]") ? shape.charAt(1) - '0' : 1;
    }

    private static Arguments outputs(String outputs, String message) {
        String good = inputs(GOOD_A, GOOD_CITY);
        return bad(good.substring(0, good.length() - 1) + ", \"outputs\": " + outputs + "}", message);
    }
}
