package io.freshet.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.snapshot.SnapshotCodec;
import io.freshet.server.http.Limits;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every kind of invalid request, and its error. */
class InferErrorsTest {
    private static final int ROWS = 100;
    private static final int BYTES = 8_000;
    private static final String GOOD_A = tensor("a", "[1]", "FP64", "[1]");
    private static final String GOOD_CITY = tensor("city", "[1]", "BYTES", "[\"Rome\"]");
    private static RunningServer server;

    @BeforeAll
    static void start() {
        server = new RunningServer(
                ServerOptions.of("unused:1").withAddress("127.0.0.1", 0).withLimits(Limits.of(ROWS, BYTES)));
        server.publish(Published.records(
                ModelSpec.parse("{name: m, label: y, loss: binary-cross-entropy,"
                        + " features: {numeric: [a], categorical: [city], hashBits: 4}}"),
                "",
                7,
                0.5f,
                1));
        server.publish(Published.records(
                ModelSpec.parse("{name: keyed, label: y, key: shop, loss: mean-squared-error,"
                        + " features: {numeric: [a], standardize: false}}"),
                "S1",
                3,
                0.5f,
                1));
        server.publish(Published.records(
                ModelSpec.parse("{name: wide, label: y, loss: sparse-categorical-cross-entropy, outputs: 50000,"
                        + " features: {numeric: [a]}}"),
                "",
                1,
                0,
                1));
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

    @Test
    void does_not_find_an_unknown_model() throws Exception {
        HttpResponse<String> response = server.post("/v2/models/nobody/infer", inputs(GOOD_A));

        assertThat(response.statusCode()).isEqualTo(404);
        assertThat(error(response)).isEqualTo("model: nobody (expected: one of keyed, m, wide)");
    }

    @Test
    void names_an_unknown_key() throws Exception {
        HttpResponse<String> response = server.post(
                "/v2/models/keyed/infer",
                inputs(tensor("a", "[2]", "FP64", "[1, 2]"), tensor("shop", "[2]", "BYTES", "[\"S9\", \"S8\"]")));

        assertThat(response.statusCode()).isEqualTo(404);
        assertThat(error(response)).isEqualTo("model keyed, shop: \"S9\" (expected: a key that the model has learned)");
    }

    @Test
    void rejects_an_invalid_key() throws Exception {
        for (String key : List.of("", "k".repeat(1025))) {
            HttpResponse<String> response = server.post(
                    "/v2/models/keyed/infer", inputs(GOOD_A, tensor("shop", "[1]", "BYTES", "[\"" + key + "\"]")));

            assertThat(response.statusCode()).isEqualTo(400);
            assertThat(error(response))
                    .isEqualTo(
                            "shop: a text of " + key.length() + " bytes (expected: a key of 1 to 1024 bytes of UTF-8)");
        }
    }

    @Test
    void names_a_misspelled_key_field() throws Exception {
        HttpResponse<String> response =
                server.post("/v2/models/keyed/infer", inputs(GOOD_A, tensor("shopp", "[1]", "BYTES", "[\"S1\"]")));

        assertThat(error(response)).isEqualTo("inputs: shopp (expected: shop?)");
    }

    @Test
    void names_the_live_version_if_another_is_requested() throws Exception {
        HttpResponse<String> response = server.post("/v2/models/m/versions/6/infer", inputs(GOOD_A, GOOD_CITY));
        HttpResponse<String> keyed = server.post(
                "/v2/models/keyed/versions/6/infer", inputs(GOOD_A, tensor("shop", "[1]", "BYTES", "[\"S1\"]")));

        assertThat(response.statusCode()).isEqualTo(404);
        assertThat(error(response)).isEqualTo("model m, version: 6 (expected: 7 (live))");
        assertThat(error(keyed)).isEqualTo("model keyed, shop \"S1\", version: 6 (expected: 3 (live))");
    }

    @Test
    void rejects_a_response_too_large_before_computing_it() throws Exception {
        HttpResponse<String> response =
                server.post("/v2/models/wide/infer", inputs(tensor("a", "[21]", "FP64", "[" + "1,".repeat(20) + "1]")));

        assertThat(error(response)).isEqualTo("rows: 21 (expected: up to 20 for 50000 classes)");
    }

    @Test
    void rejects_a_prediction_that_is_not_finite() throws Exception {
        HttpResponse<String> response = server.post(
                "/v2/models/keyed/infer",
                inputs(tensor("a", "[1]", "FP64", "[3.4e38]"), tensor("shop", "[1]", "BYTES", "[\"S1\"]")));
        assertThat(response.statusCode()).isEqualTo(200);

        server.publish(Published.records(
                ModelSpec.parse("{name: steep, label: y, loss: mean-squared-error,"
                        + " features: {numeric: [a], standardize: false}}"),
                "",
                1,
                10,
                1));
        HttpResponse<String> steep =
                server.post("/v2/models/steep/infer", inputs(tensor("a", "[1]", "FP64", "[3.4e38]")));
        server.publish(new SnapshotCodec().delete("steep", "", 0));

        assertThat(steep.statusCode()).isEqualTo(400);
        assertThat(error(steep))
                .isEqualTo("row 0: prediction: Infinity (expected: finite; the inputs may be too large)");
    }

    @Test
    void rejects_a_content_type_other_than_json() throws Exception {
        HttpResponse<String> response = server.send(server.request("/v2/models/m/infer")
                .header("Content-Type", "text/plain")
                .POST(BodyPublishers.ofString("a=1")));

        assertThat(response.statusCode()).isEqualTo(415);
        assertThat(error(response)).isEqualTo("Content-Type: text/plain (expected: application/json)");
    }

    @Test
    void rejects_a_body_too_large_with_or_without_a_declared_length() throws Exception {
        byte[] body = new byte[BYTES + 1];
        HttpResponse<String> declared =
                server.send(server.request("/v2/models/m/infer").POST(BodyPublishers.ofByteArray(body)));
        HttpResponse<String> chunked = server.send(server.request("/v2/models/m/infer")
                .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body))));

        assertThat(declared.statusCode()).isEqualTo(413);
        assertThat(error(declared)).isEqualTo("body: too large (expected: up to 8000 bytes)");
        assertThat(chunked.statusCode()).isEqualTo(413);
    }

    @Test
    void rejects_an_unsupported_method() throws Exception {
        HttpResponse<String> response = server.get("/v2/models/m/infer");

        assertThat(response.statusCode()).isEqualTo(405);
        assertThat(error(response)).isEqualTo("method: GET (expected: POST for /v2/models/m/infer)");
    }

    @Test
    void does_not_find_an_unknown_path() throws Exception {
        HttpResponse<String> response = server.get("/v1/models");

        assertThat(response.statusCode()).isEqualTo(404);
        assertThat(error(response)).startsWith("path: /v1/models (expected: ");
    }

    private static String error(HttpResponse<String> response) {
        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/json");
        JsonObject body = new JsonObject(response.body());
        assertThat(body.fieldNames()).containsExactly("error");
        return body.getString("error");
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

    static String inputs(String... tensors) {
        return "{\"inputs\": [" + String.join(", ", tensors) + "]}";
    }

    static String tensor(String name, String shape, String datatype, String data) {
        return "{\"name\": \"%s\", \"shape\": %s, \"datatype\": \"%s\", \"data\": %s}"
                .formatted(name, shape, datatype, data);
    }
}
