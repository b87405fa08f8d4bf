package io.freshet.server;

import static io.freshet.server.InferBodies.tensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.learning.predict.Snapshot;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.snapshot.SnapshotCodec;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.util.Collections;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Catches an explanation that is of another row, parameter set, or shape than its prediction. */
class ExplainIT {
    private static final String CATEGORY =
            "features: {numeric: [a], categorical: [c], standardize: false, hashBits: 12}}";
    private RunningServer server;

    @BeforeEach
    void start() {
        server = new RunningServer();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private void publish(String yaml, String key, float parameter) {
        server.publish(Published.records(ModelSpec.parse(yaml), key, 5, parameter, 1));
    }

    @Test
    void each_row_has_contributions_that_sum_to_its_logit() throws Exception {
        publish("{name: m, label: y, loss: binary-cross-entropy, " + CATEGORY, "", 0.5f);

        JsonObject response = server.infer(
                "m", request(tensor("a", "[2]", "FP64", "[3, -1]"), tensor("c", "[2]", "BYTES", "[\"x\", \"y\"]")));

        JsonObject output = contributions(response);
        assertThat(output.getString("datatype")).isEqualTo("BYTES");
        assertThat(output.getJsonArray("shape")).containsExactly(2);
        assertThat(output.getJsonArray("data"))
                .containsExactly("{\"a\":1.5,\"bias\":0.5,\"c=x\":0.5}", "{\"bias\":0.5,\"a\":-0.5,\"c=y\":0.5}");
        double logit = 2.5;
        assertThat(output(response, "prediction").getJsonArray("data").getDouble(0))
                .isCloseTo(1 / (1 + Math.exp(-logit)), within(1e-6));
    }

    @Test
    void a_prediction_stays_within_the_labels_and_the_limit_is_a_contribution() throws Exception {
        ModelSpec spec = ModelSpec.parse("{name: m, label: y, loss: mean-squared-error, clamp: labels, " + CATEGORY);
        Snapshot free = Published.snapshot(spec, "", 5, 0.5f);
        Snapshot limited = new Snapshot(
                spec,
                "",
                5,
                5,
                free.values(),
                free.moments(),
                free.lineage(),
                free.blockVersions(),
                null,
                new double[] {1, 2});
        server.publish(new SnapshotCodec().write(limited, "freshet.samples", 1, "0.1.0"));

        JsonObject response = server.infer(
                "m",
                request(
                        tensor("a", "[3]", "FP64", "[3, -1, 1]"),
                        tensor("c", "[3]", "BYTES", "[\"x\", \"y\", \"z\"]")));

        assertThat(output(response, "prediction").getJsonArray("data")).containsExactly(2.0, 1.0, 1.5);
        assertThat(contributions(response).getJsonArray("data"))
                .containsExactly(
                        "{\"a\":1.5,\"bias\":0.5,\"c=x\":0.5,\"clamp\":-0.5}",
                        "{\"bias\":0.5,\"a\":-0.5,\"c=y\":0.5,\"clamp\":0.5}",
                        "{\"bias\":0.5,\"a\":0.5,\"c=z\":0.5}");
    }

    @Test
    void each_row_of_a_keyed_model_is_explained_with_its_own_parameters() throws Exception {
        String shops = "{name: shops, key: shop, label: y, loss: mean-squared-error, " + CATEGORY;
        publish(shops, "S1", 1);
        publish(shops, "S2", 2);

        JsonObject response = server.infer(
                "shops",
                request(
                        tensor("shop", "[3]", "BYTES", "[\"S2\", \"S9\", \"S1\"]"),
                        tensor("a", "[3]", "FP64", "[3, 3, 3]"),
                        tensor("c", "[3]", "BYTES", "[\"x\", \"x\", \"x\"]")));

        assertThat(contributions(response).getJsonArray("data"))
                .containsExactly("{\"a\":6.0,\"bias\":2.0,\"c=x\":2.0}", null, "{\"a\":3.0,\"bias\":1.0,\"c=x\":1.0}");
    }

    @Test
    void several_outputs_have_contributions_each_and_several_classes_those_of_the_predicted_one() throws Exception {
        publish("{name: two, label: [y, z], outputs: 2, loss: mean-squared-error, " + CATEGORY, "", 1);
        publish("{name: classes, label: y, outputs: 3, loss: sparse-categorical-cross-entropy, " + CATEGORY, "", 1);
        String a = tensor("a", "[1]", "FP64", "[3]");
        String c = tensor("c", "[1]", "BYTES", "[\"x\"]");

        JsonObject two = contributions(server.infer("two", request(a, c)));
        assertThat(two.getJsonArray("shape")).containsExactly(1, 2);
        assertThat(two.getJsonArray("data")).hasSize(2);
        assertThat(contributions(server.infer("classes", request(a, c))).getJsonArray("data"))
                .containsExactly("{\"a\":3.0,\"bias\":1.0,\"c=x\":1.0}");
    }

    @Test
    void without_the_parameter_nothing_is_explained() throws Exception {
        publish("{name: m, label: y, loss: mean-squared-error, " + CATEGORY, "", 1);
        String inputs = tensor("a", "[1]", "FP64", "[3]") + ", " + tensor("c", "[1]", "BYTES", "[\"x\"]");

        for (String parameters : new String[] {"", "\"parameters\": {\"explain\": false}, "}) {
            JsonObject response = server.infer("m", "{" + parameters + "\"inputs\": [" + inputs + "]}");
            assertThat(response.encode()).doesNotContain("contributions", "explain");
        }
    }

    @Test
    void sequences_and_too_many_contributions_are_rejected() throws Exception {
        publish(
                "{name: words, label: tags, features: {tokens: [text], hashBits: 4}, outputs: 2, model: {type: sequence,"
                        + " steps: 4}, loss: sequence-cross-entropy}",
                "",
                0);
        publish("{name: m, label: m*, outputs: 400, loss: dice, features: {dense: [{field: v, length: 300}]}}", "", 0);

        assertThat(error("words", request(tensor("text", "[1]", "BYTES", "[\"a\"]"))))
                .isEqualTo("parameters.explain: true (expected: false for a model of sequences)");
        assertThat(error(
                        "m",
                        request(tensor("v", "[1,300]", "FP32", new JsonArray(Collections.nCopies(300, 0)).encode()))))
                .isEqualTo("rows: 1 (expected: with parameters.explain, up to 0 for 300 features of 400 outputs)");
    }

    /** Would catch a text whose words, each the name of a contribution, need more memory than all predictions. */
    @Test
    void many_words_and_long_texts_of_several_outputs_are_rejected() throws Exception {
        String rest = ", loss: mean-squared-error, features: {tokens: [text], hashBits: 4}}";
        publish("{name: mails, label: y" + rest, "", 1);
        publish("{name: tags, label: y*, outputs: 3" + rest, "", 1);
        String words = IntStream.range(0, 100_001).mapToObj(Integer::toString).collect(Collectors.joining(" "));

        assertThat(error("mails", request(tensor("text", "[1]", "BYTES", "[\"" + words + "\"]"))))
                .isEqualTo(
                        "row 0: contributions: 100001 (expected: with parameters.explain, up to 100000 in all rows)");
        assertThat(error("tags", request(tensor("text", "[1]", "BYTES", "[\"" + "a".repeat(600_000) + "\"]"))))
                .isEqualTo("inputs: 600000 characters of text (expected: with parameters.explain, up to 524288 for 3"
                        + " outputs)");
    }

    private String error(String model, String request) throws Exception {
        HttpResponse<String> response = server.post("/v2/models/" + model + "/infer", request);
        assertThat(response.statusCode()).isEqualTo(400);
        return new JsonObject(response.body()).getString("error");
    }

    private static JsonObject output(JsonObject response, String name) {
        return response.getJsonArray("outputs").stream()
                .map(JsonObject.class::cast)
                .filter(each -> each.getString("name").equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static JsonObject contributions(JsonObject response) {
        return output(response, "contributions");
    }

    private static String request(String... inputs) {
        return "{\"parameters\": {\"explain\": true}, \"inputs\": [" + String.join(", ", inputs) + "]}";
    }
}
