package io.freshet.server;

import static io.freshet.server.InferBodies.inputs;
import static io.freshet.server.InferBodies.tensor;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.spec.ModelSpec;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Would catch a server whose oldest version is seconds old when somebody notices a bad one. */
class RollbackByTimeIT {
    private static final ModelSpec M = ModelSpec.parse(
            "{name: m, label: y, loss: mean-squared-error, features: {numeric: [a], standardize: false}}");
    private static final ModelSpec SHOPS = ModelSpec.parse(
            "{name: shops, label: y, key: shop, loss: mean-squared-error, features: {numeric: [a], standardize: false}}");
    private static final String ROW = inputs(tensor("a", "[1]", "FP64", "[0]"));
    private static final long START = Published.WATERMARK;

    private long now = START;
    private final RunningServer server = new RunningServer(
            ServerOptions.of("unused:1").withAddress("127.0.0.1", 0), () -> Instant.ofEpochMilli(now));

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void goes_back_by_ten_minutes_and_returns() throws Exception {
        publishEverySecond(M, "", 3_000);

        HttpResponse<String> labeled = server.post("/v2/repository/models/m/labels/stable", "{\"ago\": \"10m\"}");

        JsonObject chosen = new JsonObject(labeled.body()).getJsonObject("chosen");
        assertThat(chosen.getMap())
                .containsEntry("state", "pinned")
                .containsEntry("samples", Integer.parseInt(chosen.getString("version")))
                .containsEntry(
                        "published_at",
                        Instant.ofEpochMilli(START + 1_000L * chosen.getInteger("samples"))
                                .toString())
                .containsKey("age_seconds");
        long version = server.infer("m", ROW).getString("model_version").transform(Long::parseLong);
        assertThat(3_000 - version).isBetween(600L, 1_200L);
        publishEverySecond(M, "", 10);
        assertThat(server.infer("m", ROW).getString("model_version")).isEqualTo(Long.toString(version));
        server.post("/v2/repository/models/m/load", "{}");
        assertThat(server.infer("m", ROW).getString("model_version")).isEqualTo("3010");
    }

    @Test
    void the_list_offers_the_versions_to_go_back_to_and_says_why_others_are_kept() throws Exception {
        publishEverySecond(M, "", 3_000);

        JsonObject list = server.json("/v2/models/m/versions");

        assertThat(rollback(list)).isEqualTo("1m 2881, 10m 1921");
        assertThat(keptFor(list))
                .isEqualTo("3000 null; 2999 [recent]; 2998 [recent]; 2997 [recent]; 2996 [recent]; 2995 [recent];"
                        + " 2994 [recent]; 2993 [recent]; 2992 [recent]; 2991 [recent]; 2990 [recent];"
                        + " 2941 [1m]; 2881 [1m]; 2521 [10m]; 1921 [10m, early]; 961 [early]; 481 [early]; 241 [early];"
                        + " 121 [early]; 61 [early]; 1 [1h, 1d]");
        now += 3_600_000;
        assertThat(rollback(server.json("/v2/models/m/versions")))
                .as("the live version is as old")
                .isEmpty();
    }

    @Test
    void each_key_goes_back_on_its_own() throws Exception {
        publishEverySecond(SHOPS, "S1", 130);

        HttpResponse<String> labeled = server.post(
                "/v2/repository/models/shops/labels/canary", "{\"ago\": \"1m\", \"key\": \"S1\", \"traffic\": 1}");

        assertThat(labeled.body())
                .startsWith("{\"name\":\"shops\",\"labels\":{\"canary\":{\"version\":\"61\",\"traffic\":1.0}},"
                        + "\"chosen\":{\"version\":\"61\",\"state\":\"kept\",");
        assertThat(server.post("/v2/repository/models/shops/labels/canary", "{\"ago\": \"1m\", \"traffic\": 1}")
                        .statusCode())
                .isEqualTo(400);
    }

    /** Would catch a model that has learned for 19 minutes and can only go back to its first sample. */
    @Test
    void a_young_model_goes_back_to_what_has_learned_nearly_as_long() throws Exception {
        publishEverySecond(M, "", 19 * 60);

        JsonObject list = server.json("/v2/models/m/versions");

        assertThat(rollback(list)).matches("1m \\d{4}, 10m (1[2-9]\\d|[2-5]\\d\\d)");
    }

    @Test
    void explains_what_is_too_long_ago_or_no_duration() throws Exception {
        publishEverySecond(M, "", 90);

        assertThat(error(404, "{\"ago\": \"2m\"}"))
                .isEqualTo("ago: 2m (expected: less; version 1, published " + Instant.ofEpochMilli(START + 1_000)
                        + ", is the oldest that is kept; freshet apply --from m@VERSION may go further back)");
        assertThat(error(400, "{\"ago\": \"10 minutes\"}"))
                .isEqualTo("ago: 10 minutes (expected: a duration such as 500ms, 10s, 15m, 1h, or 30d; or 0)");
        assertThat(error(400, "{\"ago\": \"1m\", \"version\": \"1\"}"))
                .isEqualTo("ago: 1m (expected: none beside version)");
    }

    /** Would catch a rollback to a version by its number, which another state of the model may have again. */
    @Test
    void a_number_that_repeats_after_a_reset_is_not_what_was_the_newest() throws Exception {
        ModelSpec next = ModelSpec.parse("{name: m, label: y, loss: mean-squared-error, optimizer: {learningRate: 0.5},"
                + " features: {numeric: [a], standardize: false}}");
        server.publish(Published.records(M, "", 3, 30, START));
        now = START + 60_000;
        server.publish(Published.records(M, "", 4, 40, now));
        now = START + 120_000;
        server.publish(Published.records(next, "", 3, 50, now));

        label("{\"ago\": \"2m\"}");

        assertThat(server.infer("m", ROW)
                        .getJsonArray("outputs")
                        .getJsonObject(0)
                        .getJsonArray("data"))
                .isEqualTo(JsonArray.of(30.0));
    }

    private void publishEverySecond(ModelSpec spec, String key, int count) {
        for (int i = 0; i < count; i++) {
            now += 1_000;
            long version = (now - START) / 1_000;
            server.publish(Published.records(spec, key, version, version, now));
        }
    }

    private void label(String body) throws Exception {
        server.label("m", "stable", body);
    }

    private String error(int status, String body) throws Exception {
        HttpResponse<String> response = server.post("/v2/repository/models/m/labels/stable", body);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        return new JsonObject(response.body()).getString("error");
    }

    private static String rollback(JsonObject list) {
        return list.getJsonArray("rollback").stream()
                .map(JsonObject.class::cast)
                .map(each -> each.getString("ago") + " " + each.getString("version"))
                .collect(Collectors.joining(", "));
    }

    private static String keptFor(JsonObject list) {
        return list.getJsonArray("versions").stream()
                .map(JsonObject.class::cast)
                .map(each -> each.getString("version") + " "
                        + (each.containsKey("kept_for")
                                ? List.copyOf(each.getJsonArray("kept_for").getList())
                                : null))
                .collect(Collectors.joining("; "));
    }
}
