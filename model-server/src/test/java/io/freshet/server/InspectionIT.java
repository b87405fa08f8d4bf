package io.freshet.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.snapshot.SnapshotCodec;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What people ask about a model: what moved, and why records were rejected. */
@Timeout(60)
class InspectionIT {
    private static final ModelSpec FARES = ModelSpec.parse(
            "{name: fares, label: y, features: {numeric: [x], standardize: false}, loss: mean-squared-error}");
    private static final ModelSpec SHOPS =
            ModelSpec.parse("{name: shops, key: shop, label: y, features: {numeric: [x]}, loss: mean-squared-error}");

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
    void compares_the_two_newest_versions() throws Exception {
        server.publish(Published.records(FARES, "", 10, 7, 1));
        server.publish(Published.records(FARES, "", 20, 1, 2));
        server.publish(Published.records(FARES, "", 30, 1.5f, 3));

        assertThat(server.get("/v2/models/fares/movers").body())
                .isEqualTo("{\"name\":\"fares\",\"from\":\"20\",\"to\":\"30\",\"movers\":["
                        + "{\"name\":\"bias\",\"parameters\":1,\"before\":1.0,\"after\":1.5,\"change\":0.5},"
                        + "{\"name\":\"x\",\"parameters\":1,\"before\":1.0,\"after\":1.5,\"change\":0.5}]}");
    }

    @Test
    void a_single_version_has_not_moved() throws Exception {
        server.publish(Published.records(FARES, "", 10, 7, 1));

        assertThat(server.get("/v2/models/fares/movers").body()).isEqualTo("{\"name\":\"fares\",\"movers\":[]}");
    }

    /** Would compare parameters of different features. */
    @Test
    void versions_of_different_specifications_are_not_compared() throws Exception {
        server.publish(Published.records(FARES, "", 10, 7, 1));
        ModelSpec wider = ModelSpec.parse("{name: fares, label: y, features: {numeric: [w, x], standardize: false},"
                + " loss: mean-squared-error}");
        server.publish(Published.records(wider, "", 20, 8, 2));

        assertThat(server.get("/v2/models/fares/movers").body()).isEqualTo("{\"name\":\"fares\",\"movers\":[]}");
    }

    @Test
    void a_model_with_keys_is_asked_for_one_of_them() throws Exception {
        server.publish(Published.records(SHOPS, "a", 10, 1, 1));
        server.publish(Published.records(SHOPS, "a", 20, 2, 2));

        assertThat(server.get("/v2/models/shops/movers").statusCode()).isEqualTo(400);
        assertThat(server.get("/v2/models/shops/movers?key=b").statusCode()).isEqualTo(404);
        assertThat(new JsonObject(server.get("/v2/models/shops/movers?key=a").body()).getJsonArray("movers"))
                .hasSize(2);
        assertThat(server.get("/v2/models/unknown/movers").statusCode()).isEqualTo(404);
    }

    @Test
    void the_reasons_of_dead_letters_can_be_read_before_a_model_is_served() throws Exception {
        server.deadLetters.add("encode", "fares", "x: two (expected: a number)", RunningServer.NOW);

        HttpResponse<String> response = server.get("/v2/models/fares/dead-letters");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(new JsonObject(response.body()).getJsonArray("reasons").getJsonObject(0))
                .isEqualTo(new JsonObject()
                        .put("stage", "encode")
                        .put("reason", "x: two (expected: a number)")
                        .put("count", 1)
                        .put("newest_at", "2026-09-21T14:14:20Z"));
    }

    @Test
    void the_topic_belongs_to_the_samples_that_a_model_learns() throws Exception {
        server.publish(new SnapshotCodec().write(Published.snapshot(FARES, "", 10, 1), "clicks", 1, "0.1.0"));

        assertThat(new JsonObject(server.get("/v2/models/fares/dead-letters").body()).getString("topic"))
                .isEqualTo("clicks-dlt");
    }
}
