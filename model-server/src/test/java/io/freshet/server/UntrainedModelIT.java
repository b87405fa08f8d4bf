package io.freshet.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.spec.ModelSpecCodec;
import io.freshet.server.store.Rejection;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Would catch a loop that never starts: a model that learns from its answers, and answers only after it has learned. */
class UntrainedModelIT {
    private static final String SPEC = "{name: m, label: y, loss: binary-cross-entropy, features: {numeric: [a]}%s}";
    private static final String JOIN = ", join: {within: 1h, after: 0}";
    private static final String ROW =
            "{\"inputs\":[{\"name\":\"a\",\"shape\":[1],\"datatype\":\"FP64\",\"data\":[2]}]}";
    private static final String KEYED_ROW =
            "{\"inputs\":[{\"name\":\"a\",\"shape\":[1],\"datatype\":\"FP64\",\"data\":[2]},"
                    + "{\"name\":\"k\",\"shape\":[1],\"datatype\":\"BYTES\",\"data\":[\"new\"]}]%s}";

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
    void a_model_with_join_answers_with_zeros_until_its_first_version() throws Exception {
        ModelSpec spec = apply(JOIN);

        assertAnswer("0", 0.5);

        server.publish(spec, 7);
        assertThat(server.infer("m", ROW).getString("model_version")).isEqualTo("7");
    }

    @Test
    void a_model_that_joins_no_outcomes_waits_for_its_first_version() throws Exception {
        apply("");

        assertThat(infer().statusCode()).isNotEqualTo(200);
    }

    @Test
    void a_model_that_is_deleted_or_loses_its_join_no_longer_answers() throws Exception {
        apply(JOIN);
        apply("");
        assertThat(infer().statusCode()).isNotEqualTo(200);

        apply(JOIN);
        assertAnswer("0", 0.5);
        server.apply("m".getBytes(UTF_8), null);
        assertThat(infer().statusCode()).isNotEqualTo(200);
    }

    @Test
    void a_new_key_is_answered_with_zeros_if_the_request_says_so() throws Exception {
        apply(JOIN + ", key: k");

        JsonObject answer = server.infer("m", KEYED_ROW.formatted(",\"parameters\":{\"unknown_keys\":\"zero\"}"));
        assertThat(prediction(answer)).isEqualTo(0.5);
        assertThat(server.post("/v2/models/m/infer", KEYED_ROW.formatted("")).statusCode())
                .isEqualTo(404);
    }

    @Test
    void a_server_with_only_joined_models_is_ready_for_the_requests_that_they_learn_from() throws Exception {
        assertThat(server.get("/v2/health/ready").statusCode()).isEqualTo(503);

        apply(JOIN);

        assertThat(server.get("/v2/health/ready").statusCode()).isEqualTo(200);
    }

    @Test
    void a_rejected_first_snapshot_does_not_stop_the_loop() throws Exception {
        apply(JOIN);

        server.store.reject("m", new Rejection("7", "loss: 0.9 over 1 samples (expected: <= 0.7)"));

        assertAnswer("0", 0.5);
    }

    @Test
    void version_0_cannot_be_pinned_or_labeled_which_would_have_no_effect() throws Exception {
        apply(JOIN);
        for (String version : List.of("0", "stable", "newest")) {
            String body = "{\"version\": \"" + version + "\"}";
            HttpResponse<String> pin = server.post("/v2/repository/models/m/load", "{\"parameters\": " + body + "}");
            HttpResponse<String> label = server.post("/v2/repository/models/m/labels/stable", body);

            for (HttpResponse<String> each : List.of(pin, label)) {
                assertThat(each.statusCode()).as(each.body()).isEqualTo(503);
                assertThat(each.body()).contains("model: m: no complete snapshot yet (expected: one; try again)");
            }
        }
        assertThat(server.send(server.request("/v2/repository/models/m/labels/stable")
                                .DELETE())
                        .statusCode())
                .isEqualTo(503);
    }

    @Test
    void version_0_has_no_time_of_publication() throws Exception {
        apply(JOIN);

        JsonObject properties = server.json("/v2/models/m").getJsonObject("properties");
        JsonObject version =
                server.json("/v2/models/m/versions").getJsonArray("versions").getJsonObject(0);

        assertThat(properties.getString("version")).isEqualTo("0");
        assertThat(properties.containsKey("published_at")).isFalse();
        assertThat(version.getString("version")).isEqualTo("0");
        assertThat(version.containsKey("published_at")).isFalse();
    }

    @Test
    void a_model_with_keys_has_none_before_its_first_version() throws Exception {
        apply(JOIN + ", key: k");

        JsonObject properties = server.json("/v2/models/m").getJsonObject("properties");

        assertThat(properties.getString("keys")).isEqualTo("0");
        assertThat(properties.containsKey("published_at")).isFalse();
        assertThat(server.json("/v2/models/m/keys").getInteger("total")).isZero();
        assertThat(server.get("/v2/models/m?key=").statusCode()).isEqualTo(404);
    }

    private void assertAnswer(String version, double prediction) throws Exception {
        JsonObject answer = server.infer("m", ROW);
        assertThat(answer.getString("model_version")).isEqualTo(version);
        assertThat(prediction(answer)).isEqualTo(prediction);
    }

    private static double prediction(JsonObject answer) {
        return answer.getJsonArray("outputs")
                .getJsonObject(0)
                .getJsonArray("data")
                .getDouble(0);
    }

    private HttpResponse<String> infer() throws Exception {
        return server.post("/v2/models/m/infer", ROW);
    }

    private ModelSpec apply(String more) {
        ModelSpec spec = ModelSpec.parse(SPEC.formatted(more));
        KeyedBytes record = new ModelSpecCodec().write(spec, 0);
        server.apply(record.key(), record.value());
        return spec;
    }
}
