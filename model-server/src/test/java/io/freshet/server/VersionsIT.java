package io.freshet.server;

import static io.freshet.server.InferBodies.inputs;
import static io.freshet.server.InferBodies.tensor;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.snapshot.SnapshotCodec;
import io.freshet.server.request.UnknownKeys;
import io.freshet.server.store.VersionLimits;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Versions that requests can name after a swap, and the extension that pins one of them. */
class VersionsIT {
    private static final ModelSpec M = ModelSpec.parse(
            "{name: m, label: y, loss: mean-squared-error, features: {numeric: [a], standardize: false}}");
    private static final ModelSpec OTHER = ModelSpec.parse(
            "{name: m, label: y, loss: binary-cross-entropy, features: {numeric: [a], standardize: false}}");
    private static final ModelSpec SHOPS = ModelSpec.parse(
            "{name: shops, label: y, key: shop, loss: mean-squared-error, features: {numeric: [a], standardize: false}}");
    private static final String ROW = inputs(tensor("a", "[1]", "FP64", "[0]"));
    private static final String SHOP_ROWS =
            inputs(tensor("a", "[2]", "FP64", "[0, 0]"), tensor("shop", "[2]", "BYTES", "[\"S1\", \"S2\"]"));
    private RunningServer server;

    @BeforeEach
    void start() {
        server = new RunningServer(ServerOptions.of("unused:1")
                .withAddress("127.0.0.1", 0)
                .withServing(new ServerOptions.Serving(
                        UnknownKeys.ERROR, Map.of(), new VersionLimits(3, 1 << 20), null, List.of(), false)));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    /** Would catch the version of a response being unknown to the next request, after a swap between them. */
    @Test
    void a_version_that_was_replaced_can_still_be_requested() throws Exception {
        server.publish(M, 1, 2);

        assertThat(infer("/v2/models/m")).isEqualTo("2 2.0");
        assertThat(infer("/v2/models/m/versions/1")).isEqualTo("1 1.0");
        assertThat(server.json("/v2/models/m/versions/1")
                        .getJsonObject("properties")
                        .getString("version"))
                .isEqualTo("1");
        assertThat(server.get("/v2/models/m/versions/1/ready").statusCode()).isEqualTo(200);
        assertThat(server.json("/v2/models/m").getJsonArray("versions")).containsExactly("2", "1");
    }

    @Test
    void the_list_has_the_state_and_age_of_each_version() throws Exception {
        server.publish(M, 1, 2);

        JsonObject list = server.json("/v2/models/m/versions");

        assertThat(list.getString("name")).isEqualTo("m");
        assertThat(states(list)).isEqualTo("2 live 59.998, 1 kept 59.999");
        assertThat(list.getJsonArray("versions").getJsonObject(0).fieldNames())
                .containsExactly("version", "state", "published_at", "checksum", "watermark", "age_seconds");
        assertThat(list.getJsonArray("versions").getJsonObject(1).getJsonArray("kept_for"))
                .containsExactly("recent");
    }

    @Test
    void keeps_a_number_of_versions_of_each_key() throws Exception {
        server.publish(M, 1, 2, 3, 4, 5);
        server.publish(Published.records(SHOPS, "S1", 1, 1, 1));
        server.publish(Published.records(SHOPS, "S1", 2, 2, 1));

        HttpResponse<String> dropped = server.post("/v2/models/m/versions/1/infer", ROW);

        assertThat(dropped.statusCode()).isEqualTo(404);
        assertThat(new JsonObject(dropped.body()).getString("error"))
                .isEqualTo("model m, version: 1 (expected: 5 (live), 4, 3, 2)");
        assertThat(states(server.json("/v2/models/shops/versions?key=S1")))
                .startsWith("2 live")
                .contains("1 kept");
        assertThat(server.get("/v2/models/shops/versions").statusCode()).isEqualTo(400);
        assertThat(server.get("/v2/models/shops/versions?key=S2").statusCode()).isEqualTo(404);
    }

    @Test
    void a_pinned_version_is_served_whatever_is_published_until_it_is_unpinned() throws Exception {
        server.publish(M, 1, 2);

        load("m", "{\"parameters\": {\"version\": \"1\"}}");
        server.publish(M, 3);

        assertThat(infer("/v2/models/m")).isEqualTo("1 1.0");
        assertThat(infer("/v2/models/m/versions/3")).isEqualTo("3 3.0");
        assertThat(states(server.json("/v2/models/m/versions")))
                .isEqualTo("3 kept 59.997, 2 kept 59.998, 1 pinned 59.999");
        assertThat(server.scrape()).contains("freshet_model_version{model=\"m\"} 1.0");

        load("m", "");

        assertThat(infer("/v2/models/m")).isEqualTo("3 3.0");
        assertThat(states(server.json("/v2/models/m/versions")))
                .isEqualTo("3 live 59.997, 2 kept 59.998, 1 kept 59.999");
        assertThat(server.scrape()).contains("freshet_model_version{model=\"m\"} 3.0");
    }

    @Test
    void a_pin_outlives_the_number_of_versions_to_keep() throws Exception {
        server.publish(M, 1, 2);
        load("m", "{\"parameters\": {\"version\": 1}}");

        server.publish(M, 3, 4, 5, 6, 7);

        assertThat(infer("/v2/models/m")).isEqualTo("1 1.0");
        assertThat(server.json("/v2/models/m").getJsonArray("versions")).containsExactly("7", "6", "5", "4", "1");
    }

    @Test
    void another_version_can_be_pinned_directly() throws Exception {
        server.publish(M, 1, 2, 3);

        load("m", "{\"parameters\": {\"version\": \"3\"}}");
        load("m", "{\"parameters\": {\"version\": \"1\"}}");
        load("m", "{\"parameters\": {\"version\": \"2\"}}");

        assertThat(states(server.json("/v2/models/m/versions")))
                .isEqualTo("3 kept 59.997, 2 pinned 59.998, 1 kept 59.999");
    }

    @Test
    void rolls_back_to_another_specification() throws Exception {
        server.publish(M, 1);
        server.publish(Published.records(OTHER, "", 1, 9, 100));

        assertThat(infer("/v2/models/m")).startsWith("1 0.9");
        assertThat(states(server.json("/v2/models/m/versions")))
                .startsWith("1 live")
                .contains("1 kept");
    }

    @Test
    void each_key_is_pinned_on_its_own() throws Exception {
        for (int version = 1; version <= 2; version++) {
            server.publish(Published.records(SHOPS, "S1", version, version, version));
            server.publish(Published.records(SHOPS, "S2", version, version, version));
        }

        load("shops", "{\"parameters\": {\"version\": \"1\", \"key\": \"S2\"}}");

        assertThat(versions(server.infer("shops", SHOP_ROWS))).containsExactly(2, 1);
        load("shops", "{\"parameters\": {\"key\": \"S2\"}}");
        assertThat(versions(server.infer("shops", SHOP_ROWS))).containsExactly(2, 2);
    }

    @Test
    void an_unloaded_model_is_unavailable_and_returns_with_its_newest_version() throws Exception {
        server.publish(M, 1);

        // What the Python client of the extension sends.
        String body = "{\"parameters\": {\"unload_dependents\": false}}";
        assertThat(server.post("/v2/repository/models/m/unload", body).statusCode())
                .isEqualTo(200);
        server.publish(M, 2);

        HttpResponse<String> unloaded = server.post("/v2/models/m/infer", ROW);
        assertThat(unloaded.statusCode()).isEqualTo(503);
        assertThat(new JsonObject(unloaded.body()).getString("error"))
                .isEqualTo("model: m: unloaded (expected: a loaded one; see /v2/repository/models/m/load)");
        assertThat(new JsonObject(server.get("/v2/models").body()).getJsonArray("models"))
                .isEmpty();
        load("m", "{}");
        assertThat(infer("/v2/models/m")).isEqualTo("2 2.0");
    }

    /** Would catch a rollback that seems to have ended because of a typo. */
    @Test
    void a_key_that_is_not_there_cannot_be_loaded_and_changes_nothing() throws Exception {
        server.publish(M, 1, 2);
        server.publish(Published.records(SHOPS, "S1", 1, 1, 1));
        load("m", "{\"parameters\": {\"version\": \"1\"}}");
        assertThat(server.post("/v2/repository/models/shops/unload", "").statusCode())
                .isEqualTo(200);

        assertThat(error(400, "load", "m", "{\"parameters\": {\"key\": \"x\"}}"))
                .isEqualTo("key: x (expected: none; model m has no key)");
        assertThat(error(400, "load", "m", "{\"parameters\": {\"key\": \"x\", \"version\": \"1\"}}"))
                .isEqualTo("key: x (expected: none; model m has no key)");
        assertThat(error(404, "load", "shops", "{\"parameters\": {\"key\": \"S2\"}}"))
                .isEqualTo("model shops, shop: \"S2\" (expected: a key that the model has learned)");
        assertThat(error(400, "load", "shops", "{\"parameters\": {\"version\": \"1\"}}"))
                .isEqualTo("key: missing (expected: a key, because each shop has its own versions)");

        assertThat(infer("/v2/models/m")).isEqualTo("1 1.0");
        assertThat(server.post("/v2/models/shops/infer", SHOP_ROWS).statusCode())
                .isEqualTo(503);
        load("shops", "{\"parameters\": {\"key\": \"S1\"}}");
        assertThat(server.get("/v2/models/shops").statusCode()).isEqualTo(200);
    }

    /** Would catch a model that an operator unloaded and that answers again after a quiet night. */
    @Test
    void an_unloaded_model_stays_unloaded_when_its_keys_expire() throws Exception {
        server.publish(Published.records(SHOPS, "S1", 1, 1, 1));
        server.post("/v2/repository/models/shops/unload", "");

        server.publish(new SnapshotCodec().delete("shops", "S1", 0));
        assertThat(server.get("/v2/models/shops").statusCode()).isEqualTo(503);
        server.publish(Published.records(SHOPS, "S2", 1, 1, 2));

        assertThat(server.get("/v2/models/shops").body()).contains("unloaded");
        load("shops", "");
        assertThat(server.get("/v2/models/shops").statusCode()).isEqualTo(200);
    }

    @Test
    void a_model_that_was_deleted_leaves_no_rejected_snapshots_behind() throws Exception {
        server.publish(M, 1);
        reject(Published.records(M, "", 3, Float.NaN, 3));

        server.publish(new SnapshotCodec().delete("m", "", 0));

        assertThat(index("")).isEmpty();
    }

    /** Would catch a pin by a number that another state of the model has too. */
    @Test
    void a_version_can_be_labeled_by_its_number_and_the_time_at_which_it_was_published() throws Exception {
        server.publish(Published.records(M, "", 1, 3, 1));
        server.publish(Published.records(OTHER, "", 1, 9, 100));
        String label = "{\"version\": \"1\", \"published_at\": \"1970-01-01T00:00:00.%03dZ\"}";

        server.label("m", "stable", label.formatted(1));

        assertThat(infer("/v2/models/m")).isEqualTo("1 3.0");
        HttpResponse<String> gone = server.post("/v2/repository/models/m/labels/stable", label.formatted(2));
        assertThat(gone.statusCode()).isEqualTo(404);
        assertThat(new JsonObject(gone.body()).getString("error"))
                .isEqualTo("model m, version 1, published_at: 1970-01-01T00:00:00.002Z"
                        + " (expected: that of a version that is kept; numbers repeat after a reset)");
        assertThat(server.post("/v2/repository/models/m/labels/stable", "{\"version\": \"1\", \"published_at\": \"1\"}")
                        .statusCode())
                .isEqualTo(400);
        assertThat(infer("/v2/models/m")).isEqualTo("1 3.0");
    }

    @Test
    void the_index_lists_versions_and_the_reasons_of_rejected_ones() throws Exception {
        server.publish(M, 1, 2);
        server.publish(Published.records(SHOPS, "S1", 1, 1, 1));
        reject(Published.records(M, "", 3, Float.NaN, 3));

        load("m", "{\"parameters\": {\"version\": \"1\"}}");

        assertThat(index("{\"ready\": true}"))
                .isEqualTo("m 2 READY kept; m 1 READY pinned; shops null READY 1 keys, 0 pinned");
        assertThat(index("")).endsWith("; m 3 UNAVAILABLE parameters[0]: NaN (expected: finite)");
        assertThat(infer("/v2/models/m")).isEqualTo("1 1.0");

        server.post("/v2/repository/models/shops/unload", "");

        assertThat(index("")).contains("; shops null UNAVAILABLE unloaded; ").doesNotContain("shops null READY");
    }

    @Test
    void a_deleted_model_leaves_no_versions_behind() throws Exception {
        server.publish(M, 1, 2);
        load("m", "{\"parameters\": {\"version\": \"1\"}}");

        server.publish(new SnapshotCodec().delete("m", "", 0));
        server.publish(M, 3);

        assertThat(states(server.json("/v2/models/m/versions"))).isEqualTo("3 live 59.997");
    }

    @Test
    void explains_what_cannot_be_loaded() throws Exception {
        server.publish(M, 1);

        assertThat(error(404, "load", "m", "{\"parameters\": {\"version\": \"5\"}}"))
                .isEqualTo("model m, version: 5 (expected: 1 (live))");
        assertThat(error(404, "load", "nobody", "")).isEqualTo("model: nobody (expected: one of m)");
        assertThat(error(404, "unload", "nobody", "")).isEqualTo("model: nobody (expected: one of m)");
        assertThat(error(400, "load", "m", "{\"parameters\": {\"versoin\": \"1\"}}"))
                .isEqualTo("parameters: versoin (expected: version or key)");
        assertThat(error(400, "unload", "m", "{\"parameters\": {\"force\": true}}"))
                .isEqualTo("parameters: force (expected: unload_dependents)");
        assertThat(error(400, "load", "m", "[")).isEqualTo("body: no JSON object (expected: {} or nothing)");
    }

    @Test
    void the_repository_has_no_other_paths_and_methods() throws Exception {
        assertThat(server.get("/v2/repository/index").statusCode()).isEqualTo(405);
        assertThat(server.post("/v2/repository/other", "").statusCode()).isEqualTo(404);
    }

    private void reject(List<KeyedBytes> records) {
        try {
            server.publish(records);
        } catch (IllegalArgumentException expected) {
            return;
        }
        throw new AssertionError("not rejected");
    }

    private void load(String model, String body) throws Exception {
        HttpResponse<String> response = server.post("/v2/repository/models/" + model + "/load", body);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    }

    private String error(int status, String action, String model, String body) throws Exception {
        HttpResponse<String> response = server.post("/v2/repository/models/" + model + "/" + action, body);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        return new JsonObject(response.body()).getString("error");
    }

    private String index(String body) throws Exception {
        return new JsonArray(server.post("/v2/repository/index", body).body())
                .stream()
                        .map(JsonObject.class::cast)
                        .map(entry -> entry.getString("name") + " " + entry.getString("version") + " "
                                + entry.getString("state") + " " + entry.getString("reason"))
                        .collect(Collectors.joining("; "));
    }

    /** Returns the version and the prediction of one row. */
    private String infer(String path) throws Exception {
        HttpResponse<String> response = server.post(path + "/infer", ROW);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        JsonObject body = new JsonObject(response.body());
        return body.getString("model_version") + " "
                + body.getJsonArray("outputs")
                        .getJsonObject(0)
                        .getJsonArray("data")
                        .getValue(0);
    }

    private static JsonArray versions(JsonObject response) {
        return response.getJsonArray("outputs").getJsonObject(1).getJsonArray("data");
    }

    private static String states(JsonObject list) {
        return list.getJsonArray("versions").stream()
                .map(JsonObject.class::cast)
                .map(version -> version.getString("version") + " " + version.getString("state") + " "
                        + version.getValue("age_seconds"))
                .collect(Collectors.joining(", "));
    }
}
