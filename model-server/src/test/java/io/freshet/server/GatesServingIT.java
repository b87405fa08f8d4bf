package io.freshet.server;

import static io.freshet.server.InferBodies.inputs;
import static io.freshet.server.InferBodies.tensor;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.evaluation.Metric;
import io.freshet.learning.evaluation.Metrics;
import io.freshet.learning.predict.Snapshot;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.snapshot.SnapshotCodec;
import io.freshet.server.request.UnknownKeys;
import io.freshet.server.store.Gate;
import io.freshet.server.store.VersionLimits;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A snapshot that does not pass its gate: catches one that answers a request, and one that vanishes without a reason. */
class GatesServingIT {
    private static final ModelSpec M = ModelSpec.parse(
            "{name: m, label: y, loss: mean-squared-error, features: {numeric: [a], standardize: false}}");
    private static final String ROW = inputs(tensor("a", "[1]", "FP64", "[0]"));

    @Test
    void a_gated_snapshot_never_serves_and_the_index_says_why() throws Exception {
        try (RunningServer server = new RunningServer(ServerOptions.of("unused:1")
                .withAddress("127.0.0.1", 0)
                .withServing(new ServerOptions.Serving(
                        UnknownKeys.ERROR,
                        Map.of(),
                        VersionLimits.DEFAULT,
                        null,
                        List.of(Gate.parse("m:loss<=0.7")),
                        false)))) {
            publish(server, 1, 0.9);
            HttpResponse<String> none = server.post("/v2/models/m/infer", ROW);
            assertThat(none.statusCode()).isEqualTo(503);
            assertThat(none.body())
                    .contains(
                            "model: m: no complete snapshot yet (expected: one; try again); the last one was rejected,"
                                    + " loss: 0.9 over 1 samples (expected: <= 0.7)");

            publish(server, 1, 0.5);
            publish(server, 2, 0.8);

            assertThat(server.infer("m", ROW).getString("model_version")).isEqualTo("1");
            assertThat(server.post("/v2/models/m/versions/2/infer", ROW).statusCode())
                    .isEqualTo(404);
            JsonArray index =
                    new JsonArray(server.post("/v2/repository/index", "").body());
            assertThat(index.getJsonObject(0).getString("published_at")).isEqualTo("1970-01-01T00:00:00.001Z");
            assertThat(index.getJsonObject(1).encode())
                    .isEqualTo("{\"name\":\"m\",\"version\":\"2\",\"state\":\"UNAVAILABLE\","
                            + "\"reason\":\"loss: 0.8 over 2 samples (expected: <= 0.7)\","
                            + "\"refused_since\":\"" + Instant.ofEpochMilli(RunningServer.NOW) + "\"}");
            assertThat(index.getJsonObject(2).containsKey("refused_since"))
                    .as("a later snapshot is served")
                    .isFalse();
            assertThat(server.scrape())
                    .contains(
                            "freshet_swaps_total{model=\"m\",result=\"gated\"} 2.0",
                            "freshet_swaps_total{model=\"m\",result=\"swapped\"} 1.0",
                            "freshet_swaps_total{model=\"m\",result=\"broken\"} 0.0");

            publish(server, 3, 0.6);

            assertThat(server.infer("m", ROW).getString("model_version")).isEqualTo("3");
            assertThat(server.post("/v2/repository/index", "").body()).doesNotContain("refused_since");
            assertThat(new JsonObject(server.get("/v2/models/m").body()).getJsonArray("versions"))
                    .containsExactly("3", "1");
        }
    }

    private static void publish(RunningServer server, long version, double loss) {
        Snapshot plain = Published.snapshot(M, "", version, version);
        Metrics metrics = new Metrics(version, Map.of(Metric.LOSS, loss));
        Snapshot snapshot = new Snapshot(
                M,
                "",
                version,
                version,
                plain.parameters(),
                plain.moments(),
                plain.lineage(),
                plain.blockVersions(),
                metrics);
        server.publish(new SnapshotCodec().write(snapshot, "freshet.samples", version, "0.1.0"));
    }
}
