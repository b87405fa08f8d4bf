package io.freshet.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.facts.Evaluation;
import io.freshet.schemas.facts.Heartbeat;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The states of models. The page, the metadata, and the metrics must not contradict each other. */
@Timeout(60)
class PageStatesIT {
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
    void without_heartbeats_the_newest_evaluation_shows_what_the_trainer_does() throws Exception {
        evaluate("shops", "a", RunningServer.NOW - 2, new Evaluation.Progress(1L, 12_345L, true));
        evaluate("shops", "b", RunningServer.NOW - 1, new Evaluation.Progress(1L, 40L, false));
        evaluate("catching", "", RunningServer.NOW - 60_000, new Evaluation.Progress(1L, 12_345L, true));
        evaluate("stopped", "", RunningServer.NOW - 60_001, new Evaluation.Progress(1L, 12_345L, true));
        evaluate("unknown", "", RunningServer.NOW, Evaluation.Progress.UNKNOWN);

        JsonArray rows = PageStream.readUntil(server, null, "unknown", 1).data().getJsonArray("models");

        assertThat(rows.stream()
                        .map(row -> ((JsonObject) row).getMap())
                        .map(row -> row.get("name") + " " + row.get("behind") + " " + row.get("state")))
                .containsExactly(
                        "catching 12345 catching up",
                        "shops 40 learning",
                        "stopped null trainer gone",
                        "unknown null learning");
        assertThat(server.get("/metrics").body().lines())
                .contains(
                        "freshet_model_records_behind{model=\"catching\"} 12345.0",
                        "freshet_model_records_behind{model=\"shops\"} 40.0",
                        "freshet_model_catching_up{model=\"catching\"} 1.0",
                        "freshet_model_catching_up{model=\"shops\"} 0.0",
                        "freshet_model_state{model=\"stopped\",state=\"trainer_gone\"} 1.0")
                .noneMatch(line -> line.matches(".*(behind|catching_up\\{).*(stopped|unknown).*"));
    }

    @Test
    void an_idle_trainer_has_nothing_to_learn_so_the_parameters_do_not_age() throws Exception {
        beat(RunningServer.NOW, RunningServer.NOW - 70_000);
        assertState("idle", RunningServer.NOW - 70_000, "0.0");
    }

    @Test
    void a_trainer_without_heartbeats_is_gone() throws Exception {
        beat(RunningServer.NOW - 11_000, RunningServer.NOW - 70_000);
        assertState("trainer gone", RunningServer.NOW - 11_000, "59.99");
    }

    @Test
    void without_brokers_nothing_is_known_about_the_trainer() throws Exception {
        beat(RunningServer.NOW, RunningServer.NOW - 70_000);
        server.signs.unreachable("metrics", RunningServer.NOW - 1_000);
        assertState("broker gone", RunningServer.NOW - 1_000, "59.99");
    }

    private void beat(long sentAt, long readAt) {
        server.beat(new Heartbeat(0, sentAt, readAt, List.of(), List.of(), 0L, false, -1));
    }

    private void assertState(String state, long since, String age) throws Exception {
        String yaml = "{name: m, label: y, features: {numeric: [x]}, loss: mean-squared-error}";
        server.publish(Published.records(ModelSpec.parse(yaml), "", 10, 1, 1));
        evaluate("m", "", 10, Evaluation.Progress.UNKNOWN);
        JsonObject row = PageStream.readUntil(server, null, "m", 1)
                .data()
                .getJsonArray("models")
                .getJsonObject(0);
        assertThat(row.getString("state")).isEqualTo(state);
        assertThat(row.getLong("since")).isEqualTo(since);
        JsonObject metadata = new JsonObject(server.get("/v2/models/m").body()).getJsonObject("properties");
        assertThat(metadata.getString("state")).isEqualTo(state);
        assertThat(metadata.getString("state_since"))
                .isEqualTo(Instant.ofEpochMilli(since).toString());
        assertThat(metadata.getString("age_seconds")).isEqualTo(age);
        assertThat(server.get("/metrics").body().lines())
                .contains(
                        "freshet_model_state{model=\"m\",state=\"" + state.replace(' ', '_') + "\"} 1.0",
                        "freshet_model_age_seconds{model=\"m\"} " + age);
    }

    private void evaluate(String model, String key, long emittedAt, Evaluation.Progress progress) {
        server.evaluate(Evaluated.of(model, key, Evaluated.oneSample(), emittedAt, progress));
    }
}
