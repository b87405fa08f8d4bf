package io.freshet.server;

import static io.freshet.server.InferBodies.inputs;
import static io.freshet.server.InferBodies.tensor;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.snapshot.ModelSpecCodec;
import io.freshet.server.request.UnknownKeys;
import io.freshet.server.store.VersionLimits;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The rows of a keyed model whose keys have not learned: one of them must not fail the others. */
class UnknownKeysIT {
    private static final ModelSpec SHOPS = ModelSpec.parse(
            "{name: shops, label: y, key: shop, loss: binary-cross-entropy, labels: [no, yes], features: {numeric: [a],"
                    + " standardize: false}}");
    private static final ModelSpec ALL_SHOPS = ModelSpec.parse(
            "{name: all-shops, label: y, loss: binary-cross-entropy, labels: [no, yes], features: {numeric: [a, b],"
                    + " missing: mean}}");
    private static final ModelSpec CITIES = ModelSpec.parse(
            "{name: cities, key: city, label: [y, z], outputs: 2, loss: mean-squared-error, features: {numeric:"
                    + " [a], standardize: false}}");
    private static final String ROWS =
            tensor("shop", "[3]", "BYTES", "[\"S9\", \"S1\", \"S9\"]") + ", " + tensor("a", "[3]", "FP64", "[3, 3, 3]");
    private RunningServer server;

    @BeforeEach
    void start() {
        server = start(new ServerOptions.Serving(
                UnknownKeys.ERROR,
                Map.of("shops", "all-shops", "cities", "all-shops"),
                VersionLimits.DEFAULT,
                null,
                List.of(),
                false));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static RunningServer start(ServerOptions.Serving serving) {
        RunningServer started = new RunningServer(
                ServerOptions.of("unused:1").withAddress("127.0.0.1", 0).withServing(serving));
        started.publish(Published.records(SHOPS, "S1", 5, 1, 1));
        started.publish(Published.records(CITIES, "Rome", 5, 1, 1));
        return started;
    }

    @Test
    void an_unknown_key_has_a_reason_and_the_other_rows_have_predictions() throws Exception {
        JsonObject response = server.infer("shops", inputs(ROWS));

        assertThat(data(response, "prediction").getValue(0)).isNull();
        assertThat(data(response, "prediction").getDouble(1)).isGreaterThan(0.9);
        assertThat(data(response, "class")).containsExactly(null, "yes", null);
        assertThat(data(response, "version")).containsExactly(null, 5, null);
        assertThat(data(response, "error"))
                .containsExactly(reason("shops", "shop", "S9"), "", reason("shops", "shop", "S9"));
        assertThat(response.getJsonObject("parameters").getString("watermark")).isEqualTo("2026-09-21T14:13:20.005Z");
    }

    @Test
    void a_row_without_a_prediction_has_a_null_for_each_of_its_numbers() throws Exception {
        JsonObject response = server.infer(
                "cities",
                inputs(tensor("city", "[2]", "BYTES", "[\"Rome\", \"Oslo\"]"), tensor("a", "[2]", "FP64", "[3, 3]")));

        assertThat(data(response, "prediction")).containsExactly(4.0, 4.0, null, null);
    }

    @Test
    void errors_are_returned_without_an_unknown_key_only_on_request() throws Exception {
        String known =
                "[" + tensor("shop", "[1]", "BYTES", "[\"S1\"]") + ", " + tensor("a", "[1]", "FP64", "[3]") + "]";

        JsonObject all = server.infer("shops", "{\"inputs\": " + known + "}");
        JsonObject requested =
                server.infer("shops", "{\"outputs\": [{\"name\": \"error\"}], \"inputs\": " + known + "}");

        assertThat(names(all)).isEqualTo("prediction class version age_seconds");
        assertThat(names(requested)).isEqualTo("error");
        assertThat(data(requested, "error")).containsExactly("");
    }

    @Test
    void a_request_without_any_known_key_is_not_found() throws Exception {
        HttpResponse<String> response = server.post(
                "/v2/models/shops/infer",
                inputs(tensor("shop", "[1]", "BYTES", "[\"S9\"]"), tensor("a", "[1]", "FP64", "[3]")));

        assertThat(response.statusCode()).isEqualTo(404);
        assertThat(new JsonObject(response.body()).getString("error")).isEqualTo(reason("shops", "shop", "S9"));
    }

    @Test
    void zero_predicts_unknown_keys_with_parameters_of_0() throws Exception {
        JsonObject response = server.infer("shops", with("unknown_keys", "zero", ROWS));

        assertThat(data(response, "prediction").getDouble(0)).isEqualTo(0.5);
        assertThat(data(response, "prediction").getDouble(1)).isGreaterThan(0.9);
        assertThat(data(response, "version")).containsExactly(0, 5, 0);
        assertThat(names(response)).isEqualTo("prediction class version age_seconds");
        assertThat(response.getJsonObject("parameters").getString("watermark")).isEqualTo("2026-09-21T14:13:20.005Z");
    }

    @Test
    void the_parent_predicts_unknown_keys_and_takes_its_own_inputs() throws Exception {
        server.publish(Published.records(ALL_SHOPS, "", 3, -1, 1));

        JsonObject response = server.infer(
                "shops", with("unknown_keys", "parent", ROWS + ", " + tensor("b", "[3]", "FP64", "[1, 1, 1]")));

        assertThat(data(response, "prediction").getDouble(0)).isLessThan(0.5);
        assertThat(data(response, "class")).containsExactly("no", "yes", "no");
        assertThat(data(response, "version")).containsExactly(3, 5, 3);
        assertThat(response.getJsonObject("parameters").getString("watermark")).isEqualTo("2026-09-21T14:13:20.003Z");
    }

    @Test
    void a_parent_that_cannot_predict_is_the_reason_of_the_row() throws Exception {
        JsonObject missing = server.infer("shops", with("unknown_keys", "parent", ROWS));
        server.publish(Published.records(ALL_SHOPS, "", 3, -1, 1));
        JsonObject other = server.infer(
                "cities",
                with(
                        "unknown_keys",
                        "parent",
                        tensor("city", "[2]", "BYTES", "[\"Rome\", \"Oslo\"]") + ", "
                                + tensor("a", "[2]", "FP64", "[3, 3]")));

        assertThat(data(missing, "error").getString(0))
                .isEqualTo(
                        reason("shops", "shop", "S9") + "; parent all-shops: not served, or not a model without a key");
        assertThat(data(other, "error").getString(1))
                .isEqualTo(reason("cities", "city", "Oslo") + "; parent all-shops: other outputs than model cities");
    }

    /** Would catch a loop that never starts, because the answers from which the parent would learn need the parent. */
    @Test
    void a_parent_with_join_predicts_before_its_first_version() throws Exception {
        ModelSpec parent = ModelSpec.parse("{name: all-shops, label: y, loss: binary-cross-entropy, labels: [no, yes],"
                + " features: {numeric: [a]}, join: {within: 1h, after: 0}}");
        KeyedBytes applied = new ModelSpecCodec().write(parent, 0);
        server.apply(applied.key(), applied.value());

        JsonObject response = server.infer("shops", with("unknown_keys", "parent", ROWS));

        assertThat(data(response, "prediction").getDouble(0)).isEqualTo(0.5);
        assertThat(data(response, "version")).containsExactly(0, 5, 0);
    }

    @Test
    void the_server_option_applies_to_requests_that_select_none() throws Exception {
        try (RunningServer zero = start(
                new ServerOptions.Serving(UnknownKeys.ZERO, Map.of(), VersionLimits.DEFAULT, null, List.of(), false))) {
            assertThat(data(zero.infer("shops", inputs(ROWS)), "version")).containsExactly(0, 5, 0);
            assertThat(data(zero.infer("shops", with("unknown_keys", "error", ROWS)), "version"))
                    .containsExactly(null, 5, null);
            assertThat(error(zero, "shops", with("unknown_keys", "parent", ROWS)))
                    .isEqualTo(
                            "parameters.unknown_keys: parent (expected: zero or error; the server has no --parent for"
                                    + " model shops)");
        }
    }

    @Test
    void rejects_a_policy_that_does_not_exist_or_does_not_apply() throws Exception {
        server.publish(Published.records(ALL_SHOPS, "", 3, -1, 1));

        assertThat(error(server, "shops", with("unknown_keys", "none", ROWS)))
                .isEqualTo("parameters.unknown_keys: none (expected: one of parent, zero, error)");
        assertThat(error(server, "all-shops", with("unknown_keys", "zero", ROWS)))
                .isEqualTo("parameters.unknown_keys: zero (expected: none; model all-shops has no key)");
    }

    private static String reason(String model, String field, String key) {
        return "model " + model + ", " + field + ": \"" + key + "\" (expected: a key that the model has learned)";
    }

    private static String with(String parameter, String value, String tensors) {
        return "{\"parameters\": {\"" + parameter + "\": \"" + value + "\"}, \"inputs\": [" + tensors + "]}";
    }

    private static String error(RunningServer server, String model, String body) throws Exception {
        HttpResponse<String> response = server.post("/v2/models/" + model + "/infer", body);
        assertThat(response.statusCode()).isEqualTo(400);
        return new JsonObject(response.body()).getString("error");
    }

    private static String names(JsonObject response) {
        StringBuilder names = new StringBuilder();
        response.getJsonArray("outputs")
                .forEach(output -> names.append(' ').append(((JsonObject) output).getString("name")));
        return names.toString().strip();
    }

    private static JsonArray data(JsonObject response, String output) {
        return response.getJsonArray("outputs").stream()
                .map(JsonObject.class::cast)
                .filter(candidate -> candidate.getString("name").equals(output))
                .findFirst()
                .orElseThrow(() -> new AssertionError(output + ": " + response))
                .getJsonArray("data");
    }
}
