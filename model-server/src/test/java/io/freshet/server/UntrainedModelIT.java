package io.freshet.server;

import static io.freshet.server.InferBodies.tensor;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.model.Parameters;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.PublishSpec.Lane;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.kafka.ParameterKey;
import io.freshet.schemas.snapshot.FloatBytes;
import io.freshet.schemas.snapshot.ModelSpecCodec;
import io.freshet.schemas.snapshot.SnapshotReader;
import io.freshet.server.store.Refusals.Refusal;
import io.freshet.server.store.ServedModel;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Objects;
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

    /** Would catch a name that no model can use again until the server restarts. */
    @Test
    void a_model_that_is_deleted_and_applied_again_is_no_longer_unloaded() throws Exception {
        apply(JOIN);
        server.post("/v2/repository/models/m/unload", "{}");
        server.apply("m".getBytes(UTF_8), null);
        assertThat(infer().body()).as("deleted").doesNotContain("unloaded");

        apply(JOIN);
        assertAnswer("0", 0.5);
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

        server.store
                .refusals()
                .add("m", new Refusal("", "7", "loss: 0.9 over 1 samples (expected: <= 0.7)", true, Lane.EAGER, 1));

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

    /** Would catch a model whose requests nobody can see, and that nobody can stop. */
    @Test
    void version_0_is_listed_and_counted_under_its_name() throws Exception {
        server.publish(
                ModelSpec.parse("{name: other, label: y, loss: mean-squared-error, features: {numeric: [a]}}"), 1);
        apply(JOIN);
        infer();

        assertThat(server.json("/v2/models").getJsonArray("models")).containsExactly("m", "other");
        assertThat(server.json("/v1/models").getJsonArray("models")).containsExactly("m", "other");
        JsonObject statistics =
                server.json("/v2/models/m/stats").getJsonArray("model_stats").getJsonObject(0);
        assertThat(statistics.getInteger("inference_count")).isEqualTo(1);
        assertThat(statistics
                        .getJsonObject("inference_stats")
                        .getJsonObject("success")
                        .getInteger("count"))
                .isEqualTo(1);
        assertThat(server.json("/v2/models/stats")
                        .getJsonArray("model_stats")
                        .getJsonObject(0)
                        .getString("name"))
                .isEqualTo("m");
        assertThat(index()).contains("\"name\":\"m\",\"version\":\"0\",\"state\":\"READY\"");
        assertThat(server.scrape())
                .contains("freshet_request_duration_seconds_count{code=\"200\",model=\"m\"} 1")
                .doesNotContain("model=\"unknown\"");
    }

    @Test
    void version_0_can_be_unloaded_until_it_is_loaded_again() throws Exception {
        ModelSpec spec = apply(JOIN);

        assertThat(server.post("/v2/repository/models/m/unload", "{}").statusCode())
                .isEqualTo(200);
        assertThat(infer().statusCode()).isEqualTo(503);
        assertThat(infer().body()).contains("model: m: unloaded (expected: a loaded one");
        assertThat(server.json("/v2/models").getJsonArray("models")).isEmpty();
        assertThat(index()).contains("\"name\":\"m\",\"state\":\"UNAVAILABLE\",\"reason\":\"unloaded\"");
        server.publish(spec, 7);
        assertThat(infer().statusCode()).isEqualTo(503);

        assertThat(server.post("/v2/repository/models/m/load", "{}").statusCode())
                .isEqualTo(200);
        assertThat(server.infer("m", ROW).getString("model_version")).isEqualTo("7");
        assertThat(server.post("/v2/repository/models/nobody/unload", "{}").statusCode())
                .isEqualTo(404);
    }

    @Test
    void a_model_whose_versions_are_deleted_answers_as_version_0_again() throws Exception {
        ModelSpec spec = apply(JOIN);
        server.publish(spec, 7);
        server.store.apply(new SnapshotReader.Change(ParameterKey.snapshot("m", ""), null), Lane.EAGER);

        assertAnswer("0", 0.5);
    }

    /** Would catch requests for a large model that wait for memory to be cleared, again and again. */
    @Test
    void version_0_of_a_large_table_takes_no_memory_and_has_the_checksum_of_its_zeros() throws Exception {
        String large = "{name: m, label: y, loss: binary-cross-entropy, features: {categorical: [c], hashBits: %d}"
                + JOIN + "}";
        ModelSpec small = ModelSpec.parse(large.formatted(16));
        applyRecord(small);
        String row = "{\"inputs\":[" + tensor("c", "[1]", "BYTES", "[\"x\"]") + "]}";

        assertThat(prediction(server.infer("m", row))).isEqualTo(0.5);
        JsonObject properties = server.json("/v2/models/m").getJsonObject("properties");
        assertThat(properties.getString("parameters")).isEqualTo(Integer.toString(small.parameterCount()));
        assertThat(properties.getString("checksum"))
                .isEqualTo(FloatBytes.checksumText(FloatBytes.checksum(new float[small.parameterCount()])));

        applyRecord(ModelSpec.parse(large.formatted(26)));
        assertThat(prediction(server.infer("m", row))).isEqualTo(0.5);
        ServedModel model = server.store.untrained().model("m");
        assertThat(model).isSameAs(server.store.untrained().model("m"));
        Parameters zeros = Objects.requireNonNull(model.set("")).snapshot().values();
        assertThat(zeros.length()).isGreaterThanOrEqualTo(1 << 26);
        assertThat(zeros.block(1)).as("one block of zeros").isSameAs(zeros.block(7));
    }

    @Test
    void a_joined_model_is_unavailable_until_the_topics_are_read() throws Exception {
        server.publish(
                ModelSpec.parse("{name: other, label: y, loss: mean-squared-error, features: {numeric: [a]}}"), 1);
        server.caughtUp = false;

        assertThat(infer().statusCode()).as("nothing is known about the model").isEqualTo(503);
        apply(JOIN);
        assertThat(infer().statusCode()).as("a version may follow").isEqualTo(503);
        assertThat(server.get("/v2/health/ready").statusCode()).isEqualTo(503);

        server.caughtUp = true;
        assertAnswer("0", 0.5);
        assertThat(server.get("/v2/health/ready").statusCode()).isEqualTo(200);
    }

    /** Would catch a gap of answers and of outcomes, which clients do not send again after a 404. */
    @Test
    void a_joined_model_answers_while_a_recreated_topic_is_read() throws Exception {
        server.publish(
                ModelSpec.parse("{name: other, label: y, loss: mean-squared-error, features: {numeric: [a]}}"), 1);
        apply(JOIN);
        server.applied.recreated();
        assertAnswer("0", 0.5);
        apply(JOIN);
        server.applied.caughtUp();
        assertAnswer("0", 0.5);

        server.applied.recreated();
        server.applied.caughtUp();
        assertThat(infer().statusCode())
                .as("the new topic does not have the model")
                .isEqualTo(404);
    }

    private String index() throws Exception {
        return server.post("/v2/repository/index", "{}").body();
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
        applyRecord(spec);
        return spec;
    }

    private void applyRecord(ModelSpec spec) {
        KeyedBytes record = new ModelSpecCodec().write(spec, 0);
        server.apply(record.key(), record.value());
    }
}
