package io.freshet.server;

import static io.freshet.server.InferBodies.inputs;
import static io.freshet.server.InferBodies.tensor;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.spec.ModelSpec;
import io.freshet.server.http.Limits;
import io.freshet.server.request.UnknownKeys;
import io.freshet.server.store.VersionLimits;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Labels of versions: catches a key that changes its version between requests. */
class VersionLabelsIT {
    private static final ModelSpec M = ModelSpec.parse(
            "{name: m, label: y, loss: mean-squared-error, features: {numeric: [a], standardize: false}}");
    private static final ModelSpec SHOPS = ModelSpec.parse(
            "{name: shops, label: y, key: shop, loss: mean-squared-error, features: {numeric: [a], standardize: false}}");
    private static final String A = tensor("a", "[1]", "FP64", "[0]");
    private static final String SHOP_ROWS =
            inputs(tensor("a", "[2]", "FP64", "[0, 0]"), tensor("shop", "[2]", "BYTES", "[\"S1\", \"S2\"]"));
    private RunningServer server;

    @BeforeEach
    void start() {
        server = new RunningServer(ServerOptions.of("unused:1")
                .withAddress("127.0.0.1", 0)
                .withLimits(Limits.of(10_000, 8 << 20))
                .withServing(new ServerOptions.Serving(
                        UnknownKeys.ERROR, Map.of(), new VersionLimits(2, 1 << 20), null, List.of(), false)));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void requests_are_split_by_their_sticky_key() throws Exception {
        server.publish(M, 1, 2);
        server.label("m", "stable", "{\"version\": \"1\"}");
        server.label("m", "canary", "{\"version\": \"2\", \"traffic\": 0.25}");

        Map<String, String> answers = answers("sticky_key");

        assertThat(answers.values().stream().filter("2 canary"::equals).count()).isBetween(30L, 70L);
        assertThat(answers.values()).containsOnly("2 canary", "1 stable");
        assertThat(answers("sticky_key")).isEqualTo(answers);
        assertThat(answers("request_id"))
                .as("the id of the request, without a sticky key")
                .isEqualTo(answers);
    }

    @Test
    void a_larger_share_includes_the_keys_of_a_smaller_one() throws Exception {
        server.publish(M, 1, 2);
        server.label("m", "canary", "{\"version\": 1, \"traffic\": 0.25}");
        Map<String, String> before = answers("sticky_key");

        server.label("m", "canary", "{\"version\": 1, \"traffic\": 0.5}");

        Map<String, String> after = answers("sticky_key");
        before.forEach((key, answer) -> {
            if (answer.equals("1 canary")) {
                assertThat(after).containsEntry(key, answer);
            }
        });
        assertThat(after.values().stream().filter("1 canary"::equals).count()).isBetween(70L, 130L);
    }

    @Test
    void labeled_versions_are_kept_and_newest_follows_the_topic() throws Exception {
        server.publish(M, 1, 2, 3);
        server.label("m", "stable", "{\"version\": \"1\"}");
        server.label("m", "canary", "{\"version\": \"newest\", \"traffic\": 0}");
        server.label("m", "shadow", "{\"version\": \"2\"}");

        server.publish(M, 4, 5, 6, 7);

        assertThat(infer("/v2/models/m")).isEqualTo("1 stable");
        assertThat(infer("/v2/models/m/versions/canary")).isEqualTo("7 canary");
        assertThat(infer("/v2/models/m/versions/shadow")).isEqualTo("2 shadow");
        assertThat(infer("/v2/models/m/versions/newest")).isEqualTo("7 newest");
        assertThat(infer("/v2/models/m/versions/6")).isEqualTo("6 null");
        assertThat(states()).isEqualTo("7 kept [canary], 6 kept null, 5 kept null, 2 kept [shadow], 1 pinned [stable]");
        assertThat(index()).isEqualTo("m 7 kept, canary; m 6 kept; m 5 kept; m 2 kept, shadow; m 1 pinned");
        JsonObject properties = server.json("/v2/models/m").getJsonObject("properties");
        assertThat(properties.getString("version_labels"))
                .isEqualTo("{\"stable\":{\"version\":\"1\"},\"canary\":{\"version\":\"newest\",\"traffic\":0.0},"
                        + "\"shadow\":{\"version\":\"2\",\"traffic\":1.0}}");

        unlabel("m", "shadow");
        server.publish(M, 8);

        assertThat(states()).isEqualTo("8 kept [canary], 7 kept null, 6 kept null, 1 pinned [stable]");
    }

    @Test
    void the_stable_version_is_the_pinned_one() throws Exception {
        server.publish(M, 1, 2, 3);
        assertThat(infer("/v2/models/m/versions/stable")).isEqualTo("3 stable");

        load("{\"parameters\": {\"version\": \"1\"}}");
        assertThat(infer("/v2/models/m")).isEqualTo("1 stable");
        server.label("m", "stable", "{\"version\": \"2\"}");
        assertThat(infer("/v2/models/m")).isEqualTo("2 stable");
        server.label("m", "canary", "{\"version\": \"3\", \"traffic\": 0}");
        server.label("m", "stable", "{\"version\": \"canary\"}");
        assertThat(infer("/v2/models/m")).isEqualTo("3 stable");

        load("{}");
        server.publish(M, 4);

        assertThat(infer("/v2/models/m")).isEqualTo("4 stable");
        unlabel("m", "canary");
        assertThat(infer("/v2/models/m")).isEqualTo("4 null");
    }

    @Test
    void each_key_has_labels_of_its_own() throws Exception {
        for (int version = 1; version <= 2; version++) {
            server.publish(Published.records(SHOPS, "S1", version, version, version));
            server.publish(Published.records(SHOPS, "S2", version, version, version));
        }

        server.label("shops", "canary", "{\"version\": \"1\", \"key\": \"S2\", \"traffic\": 1}");

        JsonObject response = server.infer("shops", SHOP_ROWS);
        assertThat(output(response, "version")).containsExactly(2, 1);
        assertThat(output(response, "version_label")).containsExactly("", "canary");
        assertThat(index()).isEqualTo("shops null 2 keys, 0 pinned, 1 canary");
        assertThat(error(400, "POST", "shops", "canary", "{\"version\": \"1\", \"traffic\": 1}"))
                .isEqualTo("key: missing (expected: a key, because each shop has its own versions)");
        assertThat(error(404, "POST", "shops", "canary", "{\"version\": \"1\", \"traffic\": 1, \"key\": \"S3\"}"))
                .startsWith("model shops, shop: \"S3\" (expected: a key");
        assertThat(server.send(server.request("/v2/repository/models/shops/labels/canary?key=S2")
                                .DELETE())
                        .statusCode())
                .isEqualTo(200);
        assertThat(output(server.infer("shops", SHOP_ROWS), "version")).containsExactly(2, 2);
    }

    @Test
    void a_deleted_model_leaves_no_labels_behind() throws Exception {
        server.publish(M, 1, 2);
        server.label("m", "stable", "{\"version\": \"1\"}");

        server.publish(new io.freshet.schemas.snapshot.SnapshotCodec().delete("m", "", 0));
        server.publish(M, 3);

        assertThat(states()).isEqualTo("3 live null");
    }

    @Test
    void explains_what_cannot_be_labeled() throws Exception {
        server.publish(M, 1, 2);

        assertThat(error(404, "POST", "m", "blue", "{\"version\": \"1\"}"))
                .isEqualTo("label: blue (expected: one of stable, canary, shadow)");
        assertThat(error(404, "POST", "nobody", "stable", "{\"version\": \"1\"}"))
                .isEqualTo("model: nobody (expected: one of m)");
        assertThat(error(404, "POST", "m", "stable", "{\"version\": \"9\"}"))
                .isEqualTo("model m, version: 9 (expected: 2 (live), 1)");
        assertThat(error(400, "POST", "m", "stable", ""))
                .isEqualTo("version: missing (expected: a version, a label, or newest; or ago, such as 10m)");
        assertThat(error(400, "POST", "m", "canary", "{\"version\": \"1\", \"traffic\": 1.5}"))
                .isEqualTo("traffic: 1.5 (expected: a share of the requests, in [0, 1])");
        assertThat(error(400, "POST", "m", "canary", "{\"version\": \"1\", \"traffic\": \"1\"}"))
                .isEqualTo("traffic: \"1\" (expected: a share of the requests, in [0, 1])");
        assertThat(error(400, "POST", "m", "canary", "{\"version\": \"1\", \"traffic\": 1, \"key\": \"S1\"}"))
                .isEqualTo("key: S1 (expected: none; model m has no key)");
        assertThat(error(400, "POST", "m", "canary", "{\"version\": \"1\"}"))
                .isEqualTo("traffic: missing (expected: a share of the requests, in [0, 1])");
        assertThat(error(400, "POST", "m", "stable", "{\"version\": \"1\", \"traffic\": 0.5}"))
                .isEqualTo("traffic: 0.5 (expected: none; stable gets what canary does not)");
        assertThat(error(400, "POST", "m", "canary", "{\"version\": \"1\", \"trafic\": 0.5}"))
                .isEqualTo("body: trafic (expected: version or published_at or ago or traffic or key)");
        assertThat(error(
                        400,
                        "POST",
                        "m",
                        "stable",
                        "{\"version\": \"1\", \"published_at\": \"+1000000000-12-31T23:59:59Z\"}"))
                .startsWith("published_at: +1000000000-12-31T23:59:59Z (expected: a time");
        assertThat(error(
                        400,
                        "POST",
                        "m",
                        "stable",
                        "{\"ago\": \"10m\", \"published_at\": \"2026-11-25T17:53:40.402Z\"}"))
                .isEqualTo("ago: 10m (expected: none beside published_at)");
        assertThat(error(404, "DELETE", "m", "canary", ""))
                .isEqualTo("model m, label: canary (expected: none, because none is set)");
        server.label("m", "shadow", "{\"version\": \"1\"}");
        assertThat(error(404, "DELETE", "m", "canary", ""))
                .isEqualTo("model m, label: canary (expected: one of shadow)");
        HttpResponse<String> unknown = server.post("/v2/models/m/versions/canary/infer", inputs(A));
        assertThat(unknown.statusCode()).isEqualTo(404);
        assertThat(unknown.body()).contains("model m, version: canary (expected: 2 (live), 1 (shadow))");
    }

    /** Returns the version and label that answer each of 200 keys, which are in a parameter or the id of the request. */
    private Map<String, String> answers(String where) throws Exception {
        Map<String, String> answers = new HashMap<>();
        for (int i = 0; i < 200; i++) {
            String key = "user-" + i;
            String first = where.equals("sticky_key")
                    ? "\"parameters\": {\"sticky_key\": \"" + key + "\"}"
                    : "\"id\": \"" + key + "\"";
            answers.put(key, answer(server.infer("m", inputs(A).replaceFirst("\\{", "{" + first + ", "))));
        }
        return answers;
    }

    private void unlabel(String model, String label) throws Exception {
        HttpResponse<String> response =
                server.send(server.request("/v2/repository/models/" + model + "/labels/" + label)
                        .DELETE());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    }

    private void load(String body) throws Exception {
        assertThat(server.post("/v2/repository/models/m/load", body).statusCode())
                .isEqualTo(200);
    }

    private String error(int status, String method, String model, String label, String body) throws Exception {
        HttpResponse<String> response =
                server.send(server.request("/v2/repository/models/" + model + "/labels/" + label)
                        .header("Content-Type", "application/json")
                        .method(method, java.net.http.HttpRequest.BodyPublishers.ofString(body)));
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        return new JsonObject(response.body()).getString("error");
    }

    private String infer(String path) throws Exception {
        HttpResponse<String> response = server.post(path + "/infer", inputs(A));
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return answer(new JsonObject(response.body()));
    }

    private static String answer(JsonObject response) {
        return response.getString("model_version") + " "
                + response.getJsonObject("parameters").getString("version_label");
    }

    private String states() throws Exception {
        return server.json("/v2/models/m/versions").getJsonArray("versions").stream()
                .map(JsonObject.class::cast)
                .map(version -> version.getString("version") + " " + version.getString("state") + " "
                        + version.getJsonArray("labels"))
                .collect(Collectors.joining(", "))
                .replace("\"", "");
    }

    private String index() throws Exception {
        return new JsonArray(server.post("/v2/repository/index", "").body())
                .stream()
                        .map(JsonObject.class::cast)
                        .map(entry -> entry.getString("name") + " " + entry.getString("version") + " "
                                + entry.getString("reason"))
                        .collect(Collectors.joining("; "));
    }

    private static JsonArray output(JsonObject response, String name) {
        return response.getJsonArray("outputs").stream()
                .map(JsonObject.class::cast)
                .filter(output -> output.getString("name").equals(name))
                .findFirst()
                .orElseThrow()
                .getJsonArray("data");
    }
}
