package io.freshet.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.predict.Snapshot;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.snapshot.SnapshotCodec;
import io.freshet.server.request.UnknownKeys;
import io.freshet.server.store.VersionLimits;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Rows of the V1 protocol while versions with different inputs are served. Would catch values that are read as those of other
 * fields, and rows that only the Open Inference Protocol can predict.
 */
class InstanceFieldsIT {
    private static final String PLAIN =
            "{name: m, label: out, loss: mean-squared-error, features: {numeric: [%s], standardize: false}}";
    private static final String KEYED =
            "{name: k, key: shop, label: out, loss: mean-squared-error, features: {numeric: [%s], standardize: false}}";
    private static final String PARENT =
            "{name: all, label: out, loss: mean-squared-error, features: {numeric: [%s], standardize: false}}";

    private RunningServer server;

    @BeforeEach
    void start() {
        server = new RunningServer(ServerOptions.of("unused:1")
                .withAddress("127.0.0.1", 0)
                .withServing(new ServerOptions.Serving(
                        UnknownKeys.PARENT, Map.of("k", "all"), VersionLimits.DEFAULT, null, List.of(), false)));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    /** Publishes a version that predicts {@code x + 10 y + 100 z + 1000}, for fields in any order. */
    private void publish(String spec, String fields, String key, int version) {
        ModelSpec parsed = ModelSpec.parse(spec.formatted(fields));
        Snapshot snapshot = Published.snapshot(parsed, key, version, 0);
        for (int i = 0; i < snapshot.parameters().length; i++) {
            List<String> numbers = parsed.features().numeric();
            snapshot.parameters()[i] =
                    i == 0 ? 1000 : (float) Math.pow(10, List.of("x", "y", "z").indexOf(numbers.get(i - 1)));
        }
        server.publish(new SnapshotCodec().write(snapshot, "freshet.samples", version, "0.1.0"));
    }

    @Test
    void an_array_has_the_inputs_of_the_pinned_version_in_their_order() throws Exception {
        publish(PLAIN, "x, y", "", 10);
        publish(PLAIN, "y, x", "", 20);
        assertThat(predict("/v1/models/m:predict", "[[1, 2]]")).isEqualTo("20: [1012]");

        pin("m", "{\"version\": \"10\"}");

        assertThat(server.json("/v2/models/m")
                        .getJsonArray("inputs")
                        .getJsonObject(0)
                        .getString("name"))
                .isEqualTo("x");
        assertThat(predict("/v1/models/m:predict", "[[1, 2]]")).isEqualTo("10: [1021]");
        assertThat(predict("/v1/models/m:predict", "[{\"y\": 2, \"x\": 1}, [1, 2]]"))
                .isEqualTo("10: [1021, 1021]");
    }

    @Test
    void an_array_has_the_inputs_of_the_version_or_label_in_the_path() throws Exception {
        publish(PLAIN, "x, y", "", 10);
        publish(PLAIN, "y", "", 15);
        publish(PLAIN, "y, x", "", 20);
        server.label("m", "shadow", "{\"version\": \"10\", \"traffic\": 0}");

        assertThat(predict("/v1/models/m/versions/10:predict", "[[1, 2]]")).isEqualTo("10: [1021]");
        assertThat(predict("/v1/models/m/versions/15:predict", "[3]")).isEqualTo("15: [1030]");
        assertThat(predict("/v1/models/m/labels/shadow:predict", "[[1, 2]]")).isEqualTo("10: [1021]");
        assertThat(predict("/v1/models/m/labels/newest:predict", "[[1, 2]]")).isEqualTo("20: [1012]");
        HttpResponse<String> invalid = server.post("/v1/models/m/versions/15:predict", "{\"instances\": [{}]}");
        assertThat(new JsonObject(invalid.body()).getJsonObject("example").encode())
                .isEqualTo("{\"instances\":[{\"y\":0.0}]}");
        assertThat(error("/v1/models/m/versions/15:predict", "[[3, 4]]"))
                .isEqualTo("400 instances[0].y: an array (expected: a number)");
    }

    /** A client cannot know which of the two answers, so the metadata of what it names applies to both. */
    @Test
    void an_array_for_a_canary_has_the_inputs_of_the_metadata() throws Exception {
        publish(PLAIN, "x, y", "", 10);
        publish(PLAIN, "y, x", "", 20);
        server.label("m", "stable", "{\"version\": \"10\"}");
        server.label("m", "canary", "{\"version\": \"newest\", \"traffic\": 1}");

        assertThat(predict("/v1/models/m:predict", "[[1, 2]]")).isEqualTo("20: [1021]");
        assertThat(predict("/v1/models/m/labels/canary:predict", "[[2, 1]]")).isEqualTo("20: [1021]");
    }

    @Test
    void a_canary_may_read_a_number_as_a_text() throws Exception {
        publish(PLAIN, "x, y", "", 10);
        server.publish(
                ModelSpec.parse("{name: m, label: out, loss: mean-squared-error,"
                        + " features: {numeric: [x], categorical: [y], hashBits: 4}}"),
                20);
        server.label("m", "stable", "{\"version\": \"10\"}");
        server.label("m", "canary", "{\"version\": \"newest\", \"traffic\": 0}");
        assertThat(predict("/v1/models/m:predict", "[{\"x\": 1, \"y\": 2}]")).isEqualTo("10: [1021]");
        server.label("m", "canary", "{\"version\": \"newest\", \"traffic\": 1}");
        assertThat(predict("/v1/models/m:predict", "[{\"x\": 1, \"y\": 2}]")).startsWith("20: ");
    }

    @Test
    void keys_on_an_earlier_specification_are_predicted_with_its_inputs() throws Exception {
        publish(KEYED, "x, z", "K1", 1);
        publish(KEYED, "x, z", "K2", 2);
        publish(KEYED, "x", "K1", 3);

        assertThat(predictions("k", "[{\"shop\": \"K2\", \"x\": 1, \"z\": 2}]")).isEqualTo("[1201]");
        assertThat(predictions("k", "[{\"shop\": \"K1\", \"x\": 1}, {\"x\": 1, \"z\": 2, \"shop\": \"K2\"}]"))
                .as("each row has the inputs of its key")
                .isEqualTo("[1001, 1201]");
        assertThat(predictions("k", "[[1, 2, \"K2\"], {\"shop\": \"K1\", \"x\": 1}]"))
                .isEqualTo("[1201, 1001]");
        assertThat(predictions("k", "[[1, \"K1\"], [5, \"K1\"]]")).isEqualTo("[1001, 1005]");
        assertThat(error("/v1/models/k:predict", "[{\"shop\": \"K2\", \"x\": 1}]"))
                .startsWith("400 ")
                .contains("z");
        assertThat(error("/v1/models/k:predict", "[{\"shop\": \"K1\", \"x\": 1, \"z\": 2}]"))
                .startsWith("400 instances[0]: z (expected: ");
    }

    @Test
    void a_key_that_is_pinned_before_the_change_is_predicted_with_its_inputs() throws Exception {
        publish(KEYED, "x, y", "K1", 1);
        publish(KEYED, "y, x", "K1", 3);
        publish(KEYED, "y, x", "K2", 4);
        pin("k", "{\"version\": \"1\", \"key\": \"K1\"}");

        assertThat(predictions("k", "[[1, 2, \"K1\"]]")).isEqualTo("[1021]");
        assertThat(predictions("k", "[[1, 2, \"K2\"]]")).isEqualTo("[1012]");
        assertThat(predictionsOf("/v1/models/k/versions/3:predict", "[[1, 2, \"K1\"]]"))
                .isEqualTo("[1012]");
        assertThat(predictionsOf("/v1/models/k/versions/1:predict", "[[1, 2, \"K1\"]]"))
                .isEqualTo("[1021]");
    }

    @Test
    void arrays_whose_keys_have_inputs_in_different_orders_are_refused() throws Exception {
        publish(KEYED, "x, y", "K1", 1);
        publish(KEYED, "x, y", "K2", 2);
        publish(KEYED, "y, x", "K2", 3);

        assertThat(error("/v1/models/k:predict", "[[1, 2, \"K1\"], [1, 2, \"K2\"]]"))
                .isEqualTo("400 instances[1]: an array of y, x, shop (expected: x, y, shop, like the arrays before;"
                        + " or objects, because versions of the keys have different inputs)");
        assertThat(predictions("k", "[[1, 2, \"K1\"], {\"x\": 1, \"y\": 2, \"shop\": \"K2\"}]"))
                .isEqualTo("[1021, 1021]");
    }

    @Test
    void an_array_with_the_keys_of_two_versions_is_refused() throws Exception {
        publish(KEYED, "x, y", "K1", 1);
        ModelSpec vectors = ModelSpec.parse(KEYED.formatted("x")
                .replace("standardize: false", "standardize: false, dense: [{field: v, length: 2}]"));
        server.publish(Published.records(vectors, "K2", 2, 1, 2));
        assertThat(inputs("K1")).containsExactly("x", "y", "shop");
        assertThat(inputs("K2")).containsExactly("x", "shop", "v");

        assertThat(error("/v1/models/k:predict", "[[1, \"K2\", \"K1\"]]"))
                .isEqualTo("400 instances[0]: an array with keys of versions with different inputs"
                        + " (expected: an object, which names them)");
        assertThat(predictions("k", "[[1, 2, \"K1\"], {\"shop\": \"K2\", \"x\": 1, \"v\": [1, 1]}]"))
                .as("the vector of one row")
                .isEqualTo("[1021, 4]");
    }

    @Test
    void a_parent_is_predicted_with_its_own_inputs() throws Exception {
        publish(KEYED, "x", "K1", 1);
        publish(PARENT, "x, y", "", 2);

        assertThat(predictions("k", "[{\"shop\": \"K1\", \"x\": 1}, {\"shop\": \"new\", \"x\": 1, \"y\": 2}]"))
                .isEqualTo("[1001, 1021]");
        assertThat(error("/v1/models/k:predict", "[{\"shop\": \"new\", \"x\": 1}]"))
                .startsWith("400 ")
                .contains("y");
    }

    private List<String> inputs(String key) throws Exception {
        return server.json("/v2/models/k?key=" + key).getJsonArray("inputs").stream()
                .map(input -> ((JsonObject) input).getString("name"))
                .toList();
    }

    private void pin(String model, String parameters) throws Exception {
        assertThat(server.post("/v2/repository/models/" + model + "/load", "{\"parameters\": " + parameters + "}")
                        .statusCode())
                .isEqualTo(200);
    }

    private String predict(String path, String instances) throws Exception {
        JsonObject response = ok(path, instances);
        return response.getString("model_version") + ": " + whole(response);
    }

    private String predictions(String model, String instances) throws Exception {
        return predictionsOf("/v1/models/" + model + ":predict", instances);
    }

    private String predictionsOf(String path, String instances) throws Exception {
        return whole(ok(path, instances));
    }

    private static String whole(JsonObject response) {
        return response.getJsonArray("predictions").stream()
                .map(each -> each instanceof Number number ? (Object) Math.round(number.doubleValue()) : each)
                .toList()
                .toString();
    }

    private JsonObject ok(String path, String instances) throws Exception {
        HttpResponse<String> response = server.post(path, "{\"instances\": " + instances + "}");
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return new JsonObject(response.body());
    }

    private String error(String path, String instances) throws Exception {
        HttpResponse<String> response = server.post(path, "{\"instances\": " + instances + "}");
        return response.statusCode() + " " + new JsonObject(response.body()).getString("error");
    }
}
