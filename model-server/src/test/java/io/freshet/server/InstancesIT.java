package io.freshet.server;

import static io.freshet.server.InferBodies.tensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.freshet.learning.predict.Snapshot;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.snapshot.SnapshotCodec;
import io.freshet.server.http.Limits;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The V1 protocol. Would catch a row that is predicted otherwise than by the Open Inference Protocol. */
class InstancesIT {
    private static final int ROWS = 200;
    private static RunningServer server;

    @BeforeAll
    static void start() {
        server = new RunningServer(
                ServerOptions.of("unused:1").withAddress("127.0.0.1", 0).withLimits(Limits.of(ROWS, 100_000)));
        publish("{name: trips, label: y, loss: mean-squared-error, features: {numeric: [a, b], categorical: [city],"
                + " cross: [[city, kind]], sparse: [{field: tags, hash: true}], tokens: [words], hashBits: 6,"
                + " missing: {fields: {b: indicator}}}}");
        publish("{name: late, label: y, loss: binary-cross-entropy, features: {numeric: [a, b]}}");
        publish("{name: animals, label: y, labels: [lynx, wolf, bear], loss: sparse-categorical-cross-entropy,"
                + " features: {dense: [{field: pixel*, length: 3}]}, model: {type: mlp, hidden: [4]}}");
        publish("{name: pair, label: [y, z], loss: mean-absolute-error, outputs: 2, features: {numeric: [a]}}");
        publish("{name: mask, label: m, loss: dice, outputs: 4, features: {dense: [{field: v, length: 2}]}}");
        publish(
                "{name: steps, label: tags, loss: sequence-cross-entropy, outputs: 2, model: {type: sequence, steps: 4},"
                        + " features: {dense: [{field: v, length: 2}]}}");
        publish("{name: two, label: tags, loss: sequence-cross-entropy, outputs: 2, model: {type: sequence, steps: 4},"
                + " features: {dense: [{field: v, length: 2}, {field: w, length: 1}]}}");
        publish("{name: gaps, label: y, loss: mean-squared-error, features: {numeric: [a, b],"
                + " missing: {fields: {a: indicator, b: indicator}}}}");
        publish("{name: times, label: y, loss: mean-squared-error, features: {time: [{field: at, features: [hour]}]}}");
        publish("{name: both, label: y, loss: mean-squared-error,"
                + " features: {numeric: [hour], categorical: [hour], hashBits: 6}}");
        publish(SHOPS, "S1", 1);
        publish(SHOPS, "S2", 2);
    }

    private static final String SHOPS =
            "{name: shops, label: y, key: shop, loss: mean-squared-error, features: {numeric: [a]}}";

    @AfterAll
    static void stop() {
        server.close();
    }

    private static void publish(String spec) {
        publish(spec, "", 9);
    }

    private static void publish(String yaml, String key, long version) {
        ModelSpec spec = ModelSpec.parse(yaml);
        Snapshot snapshot = Published.snapshot(spec, key, version, 0);
        for (int i = 0; i < snapshot.parameters().length; i++) {
            snapshot.parameters()[i] = (float) Math.sin(version + i);
        }
        server.publish(new SnapshotCodec().write(snapshot, "freshet.samples", version, "0.1.0"));
    }

    @Test
    void rows_of_all_kinds_of_fields_have_the_bits_of_the_open_inference_protocol() throws Exception {
        Random random = new Random(3);
        JsonArray instances = new JsonArray();
        JsonObject columns = new JsonObject();
        for (String name : List.of("a", "b", "city", "kind", "tags", "words")) {
            columns.put(name, new JsonArray());
        }
        for (int i = 0; i < ROWS; i++) {
            JsonObject row = new JsonObject()
                    .put("words", random.nextInt(3) + " w" + i)
                    .put("tags", random.nextInt(50) + ":" + random.nextDouble())
                    .put("kind", "k" + random.nextInt(3))
                    .put("city", "città " + random.nextInt(7))
                    .put("b", random.nextInt(3) == 0 ? null : random.nextGaussian())
                    .put("a", random.nextBoolean() ? random.nextInt() : (Object) random.nextGaussian());
            columns.forEach(column -> ((JsonArray) column.getValue()).add(row.getValue(column.getKey())));
            if (row.getValue("b") == null && random.nextBoolean()) {
                row.remove("b");
            }
            instances.add(row);
        }
        String tensors = columns.stream()
                .map(column -> tensor(
                        column.getKey(),
                        "[" + ROWS + "]",
                        column.getKey().length() == 1 ? "FP64" : "BYTES",
                        column.getValue().toString()))
                .collect(Collectors.joining(", "));

        assertThat(predictions("trips", instances.encode())).isEqualTo(outputs("trips", tensors)[0]);
    }

    @Test
    void values_are_read_like_those_of_samples_in_json() throws Exception {
        Object expected = predict(
                "trips", "{\"a\": 1, \"city\": \"5\", \"kind\": \"true\", \"tags\": \"\", \"words\": \"red shoes\"}");

        assertThat(
                        predict(
                                "trips",
                                "{\"a\": true, \"b\": null, \"city\": 5, \"kind\": true, \"tags\": \"\", \"words\": [\"red\", \"shoes\"]}"))
                .isEqualTo(expected);
        assertThat(predict("trips", "[1, null, \"5\", \"red shoes\", \"true\", \"\"]"))
                .as("in the order of the inputs: "
                        + server.json("/v2/models/trips").getJsonArray("inputs"))
                .isEqualTo(expected);
        assertThat(predict("animals", "{\"pixel\": [true, false, 2]}"))
                .isEqualTo(predict("animals", "{\"pixel\": [1, 0, 2]}"));
    }

    /** Would catch a row that can be learned, and predicted by the other protocol, but not by this one. */
    @Test
    void a_word_for_a_missing_number_is_missing() throws Exception {
        Object[] words = outputs(
                "gaps", tensor("a", "[2]", "FP64", "[\"NA\", 5]") + ", " + tensor("b", "[2]", "FP64", "[2, 3]"));

        assertThat(predictions("gaps", "[{\"a\": \"NA\", \"b\": 2}, [5, 3]]")).isEqualTo(words[0]);
        assertThat(predict("gaps", "{\"a\": \"NA\", \"b\": 2}")).isEqualTo(predict("gaps", "{\"b\": 2}"));
        assertThat(error("/v1/models/gaps:predict", "[{\"a\": \"word\"}]")).contains("a: \"word\"");
    }

    @Test
    void a_row_without_values_is_predicted_if_the_model_needs_none() throws Exception {
        assertThat(predictions("gaps", "[{}, {}]"))
                .isEqualTo(predictions("gaps", "[{\"a\": null, \"b\": null}, [null, null]]"));
    }

    @Test
    void a_field_of_two_features_and_a_time_are_one_value() throws Exception {
        Object[] both = outputs(
                "both", tensor("hour", "[1]", "FP64", "[7]") + ", " + tensor("hour", "[1]", "BYTES", "[\"7\"]"));
        Object[] times = outputs("times", tensor("at", "[1]", "BYTES", "[\"2030-07-31T22:45:00Z\"]"));

        assertThat(predictions("both", "[{\"hour\": 7}]")).isEqualTo(both[0]);
        assertThat(predictions("times", "[{\"at\": \"2030-07-31T22:45:00Z\"}]")).isEqualTo(times[0]);
        assertThat(predictions("times", "[{\"at\": 1911768300000}]")).isEqualTo(times[0]);
        assertThat(predictions("times", "[1911768300000, 1911768300000]").getValue(1))
                .isEqualTo(predictions("times", "[1911768300000]").getValue(0));
    }

    @Test
    void a_model_with_several_outputs_has_an_object_with_their_names() throws Exception {
        Object[] late = outputs("late", tensor("a", "[1]", "FP64", "[1]") + ", " + tensor("b", "[1]", "FP64", "[-2]"));
        Object[] animals = outputs("animals", tensor("pixel", "[1, 3]", "FP32", "[1, 2, 3]"));

        assertThat(predictions("late", "[[1, -2]]"))
                .isEqualTo(new JsonArray()
                        .add(new JsonObject()
                                .put("prediction", ((JsonArray) late[0]).getValue(0))
                                .put("class", ((JsonArray) late[1]).getValue(0))));
        assertThat(predictions("animals", "[{\"pixel\": [1, 2, 3]}]"))
                .isEqualTo(new JsonArray()
                        .add(new JsonObject()
                                .put("probabilities", animals[0])
                                .put("class", ((JsonArray) animals[1]).getValue(0))));
        assertThat(predictions("animals", "[[1, 2, 3]]")).isEqualTo(predictions("animals", "[{\"pixel\": [1, 2, 3]}]"));
        assertThat(predictions("pair", "[1, 2]").getJsonArray(0)).hasSize(2);
        assertThat(predictions("mask", "[[1, 2]]").getJsonObject(0).getJsonArray("mask"))
                .hasSize(4)
                .allSatisfy(each -> assertThat(each).isInstanceOf(Boolean.class));
    }

    @Test
    void sequences_have_the_length_that_they_were_sent_with() throws Exception {
        Object[] padded = outputs(
                "steps",
                tensor("v", "[2, 3, 2]", "FP32", "[1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 0]") + ", "
                        + tensor("steps", "[2]", "INT32", "[3, 1]"));
        JsonArray numbers = (JsonArray) padded[0];

        JsonArray predictions = predictions("steps", "[{\"v\": [[1, 2], [3, 4], [5, 6]]}, {\"v\": [7, 8]}]");

        assertThat(predictions.getJsonObject(0).getJsonArray("probabilities").encode())
                .isEqualTo("[[%s,%s],[%s,%s],[%s,%s]]"
                        .formatted(numbers.stream().limit(6).toArray()));
        assertThat(predictions.getJsonObject(1).getJsonArray("probabilities").encode())
                .isEqualTo(
                        "[[%s,%s]]".formatted(numbers.stream().skip(6).limit(2).toArray()));
        assertThat(predictions.getJsonObject(1).getJsonArray("class")).hasSize(1);
    }

    @Test
    void a_row_whose_key_has_no_model_has_the_reason_in_place() throws Exception {
        JsonArray predictions = predictions(
                "shops", "[{\"a\": 1, \"shop\": \"S1\"}, {\"a\": 1, \"shop\": \"S3\"}, {\"a\": 1, \"shop\": \"S2\"}]");

        assertThat(predictions.getValue(0)).isInstanceOf(Double.class);
        assertThat(predictions.getValue(1))
                .isEqualTo(new JsonObject()
                        .put("error", "model shops, shop: \"S3\" (expected: a key that the model has learned)"));
        assertThat(predictions.getValue(2)).isNotEqualTo(predictions.getValue(0));
    }

    @Test
    void names_what_answered_and_takes_versions_and_labels() throws Exception {
        publish("{name: old, label: y, loss: mean-squared-error, features: {numeric: [a]}}", "", 1);
        publish("{name: old, label: y, loss: mean-squared-error, features: {numeric: [a]}}", "", 2);
        server.label("old", "canary", "{\"version\": \"1\", \"traffic\": 0}");

        assertThat(version("/v1/models/old:predict")).isEqualTo("2");
        assertThat(version("/v1/models/old%3Apredict")).isEqualTo("2");
        assertThat(version("/v1/models/old/versions/1:predict")).isEqualTo("1");
        assertThat(version("/v1/models/old/labels/canary:predict")).isEqualTo("1");
        assertThat(post("/v1/models/old:predict", "{\"instances\": [1], \"signature_name\": \"serving_default\"}")
                        .getJsonObject("parameters"))
                .containsOnly(
                        entry("samples_learned", 2),
                        entry("version_label", "stable"),
                        entry("lane", "eager"),
                        entry("watermark", "2026-09-21T14:13:20.002Z"),
                        entry("age_seconds", 59.998));
    }

    /** Would catch a rollback that serves a model by one protocol only. */
    @Test
    void a_version_with_other_fields_is_asked_for_by_its_own() throws Exception {
        publish("{name: changed, label: y, loss: mean-squared-error, features: {numeric: [a]}}", "", 1);
        publish("{name: changed, label: y, loss: mean-squared-error, features: {numeric: [a, b]}}", "", 2);

        assertThat(version("/v1/models/changed/versions/1:predict", "[{\"a\": 1}]"))
                .isEqualTo("1");
        assertThat(version("/v1/models/changed:predict", "[{\"a\": 1, \"b\": 2}]"))
                .isEqualTo("2");
        assertThat(error("/v1/models/changed:predict", "[{\"a\": 1}]"))
                .isEqualTo("400 instances[0].b: missing (expected: a number)");
    }

    @Test
    void says_which_models_are_ready() throws Exception {
        assertThat(server.json("/v1/models").getJsonArray("models")).contains("late", "shops");
        assertThat(server.json("/v1/models/shops").encode()).isEqualTo("{\"name\":\"shops\",\"ready\":true}");
        assertThat(server.get("/v1/models/nobody").statusCode()).isEqualTo(404);
        assertThat(server.get("/v1/models/nobody/versions/1").statusCode()).isEqualTo(404);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            late    | [{"a": 1}]                   | 400 instances[0].b: missing (expected: a number)
            late    | [[1, 2], {"a": 1, "b": null}] | 400 instances[1].b: missing (expected: a number)
            late    | [[1, 2], {"a": "x", "b": 1}] | 400 instances[1].a: "x" (expected: a number)
            late    | [[1, 2], {"aa": 1, "b": 1}]  | 400 instances[1]: aa (expected: a?)
            late    | [{"a": 1, "b": 2, "y": 1}]   | 400 instances[0]: y (expected: an input of model late; leave the label out, or use /v2/models/late/learn)
            late    | [[1, 2], {"delay": 1}]       | 400 instances[1]: delay (expected: a field of model late: a, b)
            late    | [[1, 2, 3]]                  | 400 instances[0]: more than 2 values (expected: an object, or an array of 2 values, in the order of the model's inputs)
            late    | [[1]]                        | 400 instances[0]: 1 values (expected: an object, or an array of 2 values, in the order of the model's inputs)
            late    | [1]                          | 400 instances[0]: 1 (expected: an object, or an array of 2 values, in the order of the model's inputs)
            late    | [{"a": 1e999, "b": 1}]       | 400 instances[0].a: 1e999 (expected: a number)
            late    | [{"a": [1], "b": 1}]         | 400 instances[0].a: an array (expected: a number)
            late    | [{"a": {}, "b": 1}]          | 400 instances[0].a: an object (expected: a number)
            late    | []                           | 400 instances: empty (expected: a row each, such as {"instances": [{"FIELD": VALUE, ...}]})
            late    | {"a": 1}                     | 400 instances: an object (expected: a row each, such as {"instances": [{"FIELD": VALUE, ...}]})
            animals | [{"pixel": [1, 2]}]          | 400 instances[0].pixel: 2 numbers (expected: an array of 3 numbers)
            animals | [{"pixel": [1, 2, 3, 4]}]    | 400 instances[0].pixel: more than 3 numbers (expected: an array of 3 numbers)
            animals | [{"pixel": [[1, 2, 3]]}]     | 400 instances[0].pixel: an array with an array (expected: an array of 3 numbers)
            animals | [{"pixel": [1, 2, null]}]    | 400 instances[0].pixel: an array with null (expected: an array of 3 numbers)
            animals | [{"pixel": [1, 2, 1e40]}]    | 400 instances[0].pixel: an array with 1e40 (expected: an array of 3 numbers)
            steps   | [{"v": [[1, 2], [3]]}]       | 400 instances[0].v: a step of 1 number (expected: an array of 1 to 4 steps, each an array of 2 numbers)
            steps   | [{"v": [[1,2],[1,2],[1,2],[1,2],[1,2]]}] | 400 instances[0].v: 10 numbers (expected: an array of 1 to 4 steps, each an array of 2 numbers)
            two     | [{"v": [[1, 2], [3, 4]], "w": [1, 2]}, {"v": [1, 2], "w": [1, 2]}] | 400 instances[1].w: 2 steps (expected: 1, like v)
            two     | [{"v": [1, 2], "w": [1]}, {"v": [1, 2], "w": [1, 2]}] | 400 instances[1].w: 2 steps (expected: 1, like v)
            two     | [{"v": [1, 2]}]              | 400 instances[0].w: missing (expected: an array of 1 to 4 steps, each an array of 1 number)
            trips   | [{"a": 1, "words": ["red shoes"]}] | 400 instances[0].words: an array with "red shoes" (expected: a text)
            trips   | [{"a": 1, "words": ["red", ""]}] | 400 instances[0].words: an array with "" (expected: a text)
            late    | [{"a": "NA", "b": 1}]        | 400 instances[0].a: "NA" (expected: a number)
            steps   | [{"v": []}]                  | 400 instances[0].v: 0 numbers (expected: an array of 1 to 4 steps, each an array of 2 numbers)
            times   | [1, "2030-01-01"]            | 400 instances[1].at: a text beside numbers (expected: a number of milliseconds, or a text, in every row)
            shops   | [{"a": 1}]                   | 400 instances[0].shop: missing (expected: a text)
            shops   | [{"a": 1, "shop": "S9"}]     | 404 model shops, shop: "S9" (expected: a key that the model has learned)
            """)
    void explains_what_is_wrong(String model, String instances, String error) throws Exception {
        assertThat(error("/v1/models/" + model + ":predict", instances)).isEqualTo(error);
    }

    @Test
    void refuses_columns_and_more_rows_than_allowed_and_other_paths() throws Exception {
        assertThat(error(server.post("/v1/models/late:predict", "{\"inputs\": {\"a\": [1], \"b\": [2]}}")))
                .isEqualTo(
                        "400 inputs: columns (expected: instances, a row each, such as {\"instances\": [{\"FIELD\": VALUE, ...}]})");
        assertThat(error(server.post("/v1/models/late:predict", "{\"instance\": []}")))
                .startsWith("400 instances: missing (");
        assertThat(error(server.post("/v1/models/late:predict", "{\"instances\": [[1, 2], ")))
                .startsWith("400 body: line 1, column ");
        assertThat(error(server.post("/v1/models/late:predict", "{\"instances\": [{\"a\": 1, \"a\": 1, \"b\": 2}]}")))
                .startsWith("400 body: line 1, ");
        assertThat(error("/v1/models/pair:predict", "[" + "1,".repeat(ROWS) + "1]"))
                .isEqualTo("400 instances: more than 200 (expected: 1 to 200 rows)");
        assertThat(error("/v1/models/late", "[[1, 2]]"))
                .isEqualTo(
                        "405 method: POST (expected: GET, HEAD for /v1/models/late, or POST for /v1/models/late:predict)");
        assertThat(error("/v1/models/late/versions/9", "[[1, 2]]"))
                .isEqualTo("404 path: /v1/models/late/versions/9 (expected: a path that ends with :predict)");
        assertThat(error("/v1/models/nobody:predict", "[[1, 2]]")).startsWith("404 model: nobody (expected: one of ");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            GET    | late:predict            | POST
            HEAD   | late:predict            | POST
            DELETE | late:predict            | POST
            GET    | late/versions/9:predict | POST
            PUT    | late/labels/a:predict   | POST
            DELETE | late                    | GET, HEAD
            POST   | late                    | GET, HEAD
            """)
    void another_method_than_that_of_the_path_is_refused(String method, String path, String allowed) throws Exception {
        HttpResponse<String> response = server.send(server.request("/v1/models/" + path)
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.noBody()));

        assertThat(response.statusCode()).isEqualTo(405);
        assertThat(response.headers().allValues("Allow")).containsExactly(allowed);
    }

    /** Would catch one long row among many short ones that takes memory for as many long ones. */
    @Test
    void padding_is_limited() throws Exception {
        publish(
                "{name: long, label: tags, loss: sequence-cross-entropy, outputs: 2, model: {type: sequence, steps: 4096},"
                        + " features: {dense: [{field: v, length: 2}]}}");
        String row = "{\"v\": [0, 0]}, ";

        assertThat(error(
                        "/v1/models/long:predict",
                        "[" + row.repeat(ROWS - 1) + "{\"v\": [" + "0,".repeat(5_999) + "0]}]"))
                .isEqualTo(
                        "400 instances: 200 sequences, the longest of 6,000 numbers (expected: sequences of similar lengths together; padded, up to 1048576 numbers)");
    }

    private static JsonArray predictions(String model, String instances) throws Exception {
        return post("/v1/models/" + model + ":predict", "{\"instances\": " + instances + "}")
                .getJsonArray("predictions");
    }

    private static Object predict(String model, String instance) throws Exception {
        return predictions(model, "[" + instance + "]").getValue(0);
    }

    /** Returns the data of the outputs of the Open Inference Protocol. */
    private static Object[] outputs(String model, String tensors) throws Exception {
        List<Object> data = new ArrayList<>();
        for (Object output :
                server.infer(model, "{\"inputs\": [" + tensors + "]}").getJsonArray("outputs")) {
            data.add(((JsonObject) output).getJsonArray("data"));
        }
        return data.toArray();
    }

    private static String version(String path) throws Exception {
        return version(path, "[1]");
    }

    private static String version(String path, String instances) throws Exception {
        return post(path, "{\"instances\": " + instances + "}").getString("model_version");
    }

    private static JsonObject post(String path, String body) throws Exception {
        HttpResponse<String> response = server.post(path, body);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return new JsonObject(response.body());
    }

    private static String error(String path, String instances) throws Exception {
        return error(server.post(path, "{\"instances\": " + instances + "}"));
    }

    private static String error(HttpResponse<String> response) {
        return response.statusCode() + " " + new JsonObject(response.body()).getString("error");
    }
}
