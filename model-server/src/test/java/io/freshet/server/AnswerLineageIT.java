package io.freshet.server;

import static io.freshet.server.InferBodies.inputs;
import static io.freshet.server.InferBodies.tensor;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.PublishSpec.Lane;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Catches an answer that does not say, or says wrongly, which parameters it is from. */
class AnswerLineageIT {
    private static final ModelSpec PLAIN =
            ModelSpec.parse("{name: m, label: y, loss: mean-squared-error, features: {numeric: [a]}}");
    private static final ModelSpec SHOPS =
            ModelSpec.parse("{name: shops, key: shop, label: y, loss: mean-squared-error, features: {numeric: [a]}}");
    private static final String ONE = tensor("a", "[1]", "FP64", "[1]");
    private static final String SHOP_ROWS = tensor("a", "[4]", "FP64", "[1, 1, 1, 1]") + ", "
            + tensor("shop", "[4]", "BYTES", "[\"S1\", \"S2\", \"S9\", \"S1\"]");

    private RunningServer server;

    @BeforeEach
    void start() {
        server = new RunningServer();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void an_answer_has_the_samples_lane_and_age_of_its_parameters_and_on_request_their_offsets() throws Exception {
        server.publish(Published.records(PLAIN, "", 9, 1, 1));

        assertThat(server.infer("m", inputs(ONE)).getJsonObject("parameters").getMap())
                .isEqualTo(new JsonObject("""
                        {"samples_learned": 9, "lane": "eager", "watermark": "2026-09-21T14:13:20.009Z",
                         "age_seconds": 59.991}""").getMap());
        assertThat(server.infer("m", lineage("true", ONE))
                        .getJsonObject("parameters")
                        .getString("offsets"))
                .isEqualTo("freshet.samples:0=9,freshet.samples:3=18");
        assertThat(server.infer("m", lineage("false", ONE))
                        .getJsonObject("parameters")
                        .getMap())
                .doesNotContainKeys("offsets", "lineage");
    }

    @Test
    void each_row_of_a_keyed_model_has_its_own_version_age_and_offsets() throws Exception {
        server.publish(Published.records(SHOPS, "S1", 3, 1, 1));
        server.publish(Published.records(SHOPS, "S2", 4, 1, 1));

        JsonObject response = server.infer("shops", lineage("true, \"unknown_keys\": \"zero\"", SHOP_ROWS));

        assertThat(data(response, "version")).containsExactly(3, 4, 0, 3);
        assertThat(data(response, "age_seconds")).containsExactly(59.997, 59.996, null, 59.997);
        assertThat(data(response, "offsets"))
                .containsExactly(
                        "freshet.samples:0=3,freshet.samples:3=6",
                        "freshet.samples:0=4,freshet.samples:3=8",
                        "",
                        "freshet.samples:0=3,freshet.samples:3=6");
        assertThat(response.getJsonObject("parameters").getMap())
                .containsEntry("age_seconds", 59.997)
                .doesNotContainKeys("offsets", "samples_learned");
    }

    @Test
    void the_lane_is_the_one_that_published_the_parameters() throws Exception {
        server.publish(Lane.COMMITTED, Published.records(PLAIN, "", 9, 1, 1));
        server.publish(Lane.COMMITTED, Published.records(SHOPS, "S1", 3, 1, 1));
        server.publish(Lane.EAGER, Published.records(SHOPS, "S2", 4, 1, 1));

        assertThat(lane(server.infer("m", inputs(ONE)))).isEqualTo("committed");
        assertThat(lane(server.infer("shops", inputs(SHOP_ROWS)))).isEqualTo("committed,eager");
    }

    @Test
    void the_parameter_lineage_is_true_or_false() throws Exception {
        server.publish(Published.records(PLAIN, "", 9, 1, 1));

        assertThat(server.post("/v2/models/m/infer", lineage("\"yes\"", ONE)).body())
                .contains("parameters.lineage: yes (expected: true or false)");
    }

    private static String lane(JsonObject response) {
        return response.getJsonObject("parameters").getString("lane");
    }

    private static JsonArray data(JsonObject response, String output) {
        return response.getJsonArray("outputs").stream()
                .map(JsonObject.class::cast)
                .filter(each -> each.getString("name").equals(output))
                .findFirst()
                .orElseThrow()
                .getJsonArray("data");
    }

    private static String lineage(String value, String inputs) {
        return "{\"parameters\": {\"lineage\": " + value + "}, \"inputs\": [" + inputs + "]}";
    }
}
