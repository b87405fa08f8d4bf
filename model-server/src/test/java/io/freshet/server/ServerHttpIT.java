package io.freshet.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.loss.Task;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.facts.Evaluation;
import io.freshet.schemas.snapshot.SnapshotCodec;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Health, metadata, and metrics over HTTP. */
class ServerHttpIT {
    private static final ModelSpec DELAYS = ModelSpec.parse("""
            {name: delays, label: late, weight: w, loss: sparse-categorical-cross-entropy, outputs: 3,
             features: {numeric: [distance], categorical: [origin], sparse: [tags], hashBits: 4}}
            """);
    private static final ModelSpec SHOPS =
            ModelSpec.parse("{name: shops, label: y, key: shop, loss: mean-squared-error, features: {numeric: [a]}}");
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
    void is_live_at_once_and_ready_with_its_first_model() throws Exception {
        assertThat(server.get("/v2/health/live").statusCode()).isEqualTo(200);
        assertThat(server.get("/v2/health/live").body()).isEqualTo("{\"live\":true}");
        assertThat(server.get("/v2/health/ready").statusCode()).isEqualTo(503);
        assertThat(server.get("/v2/health/ready").body())
                .isEqualTo("{\"ready\":false,\"reason\":\"no model is served yet\"}");
        assertThat(server.get("/v2/models").body()).isEqualTo("{\"models\":[]}");

        server.publish(Published.records(DELAYS, "", 1, 0, 1));

        assertThat(server.get("/v2/health/ready").statusCode()).isEqualTo(200);
        assertThat(server.get("/v2/health/ready").body()).isEqualTo("{\"ready\":true}");
        assertThat(server.get("/v2/models").body()).isEqualTo("{\"models\":[\"delays\"]}");
    }

    @Test
    void names_itself_with_and_without_a_trailing_slash() throws Exception {
        for (String path : new String[] {"/v2", "/v2/"}) {
            JsonObject body = new JsonObject(server.get(path).body());

            assertThat(body.getString("name")).isEqualTo("freshet");
            assertThat(body.getJsonArray("extensions"))
                    .containsExactly("binary_tensor_data", "model_repository", "statistics");
        }
    }

    @Test
    void metadata_lists_inputs_outputs_and_progress() throws Exception {
        server.publish(Published.records(DELAYS, "", 1200, 0, Published.WATERMARK));

        JsonObject body = ok("/v2/models/delays");

        assertThat(ok("/v2/models/delays/versions/1200")).isEqualTo(body);
        assertThat(body).isEqualTo(new JsonObject("""
                        {"name": "delays", "versions": ["1200"], "platform": "freshet_linear",
                         "inputs": [{"name": "distance", "datatype": "FP64", "shape": [-1]},
                                    {"name": "origin", "datatype": "BYTES", "shape": [-1]},
                                    {"name": "tags", "datatype": "BYTES", "shape": [-1]}],
                         "outputs": [{"name": "probabilities", "datatype": "FP32", "shape": [-1, 3]},
                                     {"name": "class", "datatype": "INT64", "shape": [-1]}]}
                        """).put("properties", body.getJsonObject("properties")));
        assertThat(body.getJsonObject("properties").getMap())
                .containsEntry("version", "1200")
                .containsEntry("samples_learned", "1200")
                .containsEntry("updates", "1200")
                .containsEntry("spec_hash", DELAYS.hash())
                .containsEntry("watermark", "2026-09-21T14:13:21.200Z")
                .containsEntry("age_seconds", "58.8")
                .containsEntry("offsets", "freshet.samples:0=1200,freshet.samples:3=2400")
                .containsEntry("published_at", "2026-09-21T14:13:20Z")
                .containsEntry("freshet", "0.1.0")
                .hasEntrySatisfying(
                        "checksum",
                        checksum -> assertThat(String.valueOf(checksum)).matches("[0-9a-f]{8}"))
                .containsEntry("parameters", "54")
                .allSatisfy((name, value) -> assertThat(value).isInstanceOf(String.class));
    }

    @Test
    void metadata_of_a_keyed_model_covers_all_keys_or_one() throws Exception {
        server.publish(Published.records(SHOPS, "S1", 10, 0, 1));
        server.publish(Published.records(SHOPS, "S/2 ü", 32, 0, 1));

        JsonObject all = ok("/v2/models/shops");
        JsonObject one = ok("/v2/models/shops?key=S%2F2%20%C3%BC");

        assertThat(all.getJsonArray("versions")).isEmpty();
        assertThat(all.getJsonArray("inputs").getJsonObject(1).getString("name"))
                .isEqualTo("shop");
        assertThat(all.getJsonObject("properties").getMap())
                .containsEntry("keys", "2")
                .containsEntry("samples_learned", "42")
                .containsEntry("key_field", "shop");
        assertThat(one.getJsonArray("versions")).isEqualTo(new JsonArray().add("32"));
        assertThat(one.getJsonObject("properties").getMap())
                .containsEntry("key", "S/2 ü")
                .containsEntry("version", "32");
        assertThat(server.get("/v2/models/shops?key=S3").statusCode()).isEqualTo(404);
        assertThat(server.get("/v2/models/shops/versions/32").statusCode()).isEqualTo(404);
        assertThat(server.get("/v2/models/shops/versions/32?key=S1").statusCode())
                .isEqualTo(404);
    }

    @Test
    void a_model_is_ready_while_it_is_served() throws Exception {
        server.publish(Published.records(DELAYS, "", 5, 0, 1));
        assertThat(ok("/v2/models/delays/ready")).isEqualTo(new JsonObject("{\"name\": \"delays\", \"ready\": true}"));
        assertThat(server.get("/v2/models/delays/versions/5/ready").statusCode())
                .isEqualTo(200);
        assertThat(server.get("/v2/models/delays/versions/4/ready").statusCode())
                .isEqualTo(404);

        server.publish(Published.records(SHOPS, "S1", 1, 0, 1));
        server.publish(new SnapshotCodec().delete("delays", "", 0));

        assertThat(server.get("/v2/models/delays/ready").statusCode()).isEqualTo(404);
        assertThat(server.get("/v2/models/delays").statusCode()).isEqualTo(404);
    }

    @Test
    void a_model_that_is_expected_is_unavailable_rather_than_unknown() throws Exception {
        HttpResponse<String> empty = server.get("/v2/models/delays/ready");
        HttpResponse<String> infer = server.post("/v2/models/delays/infer", "{}");
        server.publish(Published.records(SHOPS, "S1", 1, 0, 1));
        server.evaluate(new Evaluation(
                Evaluation.Subject.of("delays", ""),
                new Evaluation.Counts(0, 0, 0),
                new Evaluation.Window(0, false, 1, 10, null),
                Tally.of(Task.BINARY, 1),
                Evaluation.Learning.UNKNOWN,
                Evaluation.Progress.UNKNOWN));

        assertThat(empty.statusCode()).isEqualTo(503);
        assertThat(infer.statusCode()).isEqualTo(503);
        assertThat(infer.headers().firstValue("Retry-After")).hasValue("1");
        assertThat(new JsonObject(infer.body()).getString("error"))
                .isEqualTo("model: delays: no complete snapshot yet (expected: one; try again)");
        assertThat(server.get("/v2/models/delays/ready").statusCode()).isEqualTo(503);
        assertThat(server.get("/v2/models/nobody/ready").statusCode()).isEqualTo(404);
    }

    @Test
    void metrics_show_age_version_keys_swaps_and_requests() throws Exception {
        server.publish(Published.records(SHOPS, "S1", 10, 0, 1));
        server.publish(Published.records(SHOPS, "S1", 10, 0, 1));
        server.publish(Published.records(SHOPS, "S2", 30, 0, 1));
        server.post("/v2/models/shops/infer", "{}");
        server.post("/v2/models/made up/infer".replace(" ", "%20"), "{}");

        HttpResponse<String> response = server.get("/metrics");

        assertThat(response.headers().firstValue("Content-Type").orElse("")).startsWith("text/plain");
        assertThat(response.body().lines())
                .contains(
                        "freshet_model_age_seconds{model=\"shops\"} 59.97",
                        "freshet_model_version{model=\"shops\"} 40.0",
                        "freshet_model_keys{model=\"shops\"} 2.0",
                        "freshet_model_parameter_bytes{model=\"shops\"} 16.0",
                        "freshet_swaps_total{model=\"shops\",result=\"swapped\"} 2.0",
                        "freshet_swaps_total{model=\"shops\",result=\"stale\"} 1.0",
                        "freshet_request_duration_seconds_count{code=\"400\",model=\"shops\"} 1",
                        "freshet_request_duration_seconds_count{code=\"404\",model=\"unknown\"} 1",
                        "freshet_rejected_total{reason=\"invalid\"} 1.0",
                        "freshet_rejected_total{reason=\"not_found\"} 1.0",
                        "freshet_requests_in_flight 0.0")
                .anyMatch(line -> line.startsWith("jvm_memory_used_bytes{"))
                .noneMatch(line -> line.contains("S1"));

        Set<String> names = response.body()
                .lines()
                .filter(line -> line.startsWith("# TYPE freshet_"))
                .map(line -> line.split(" ")[2])
                .collect(Collectors.toSet());
        Path page = Path.of("..", "docs", "metrics.md");
        if (Files.exists(page)) {
            String documentation = Files.readString(page);
            assertThat(names)
                    .hasSizeGreaterThan(5)
                    .allSatisfy(name -> assertThat(documentation).contains("`" + name + "`"));
        }

        server.publish(new SnapshotCodec().delete("shops", "S1", 0));
        server.publish(new SnapshotCodec().delete("shops", "S2", 0));
        assertThat(server.get("/metrics").body()).doesNotContain("freshet_model_age_seconds{");
    }

    private JsonObject ok(String path) throws Exception {
        HttpResponse<String> response = server.get(path);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return new JsonObject(response.body());
    }
}
