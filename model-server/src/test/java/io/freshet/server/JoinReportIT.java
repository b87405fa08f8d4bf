package io.freshet.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.facts.Heartbeat;
import io.freshet.schemas.loop.JoinCount;
import io.freshet.schemas.loop.JoinReportCodec;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a server shows of a join: in events, metadata, metrics, and on request. They must not contradict each other. */
@Timeout(60)
class JoinReportIT {
    private static final long NOW = RunningServer.NOW;
    private static final ModelSpec CLICKS = spec("clicks", ", join: {within: 1h, after: 0, slices: [origin]}");
    private static final ModelSpec PLAIN = spec("plain", "");

    private final JoinReportCodec codec = new JoinReportCodec();
    private RunningServer server;

    @BeforeEach
    void start() {
        server = new RunningServer();
        server.publish(CLICKS, 1);
        server.publish(PLAIN, 1);
        server.beat(new Heartbeat(0, NOW, NOW, List.of(), List.of(), 0L, false, -1));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void a_report_is_in_events_metadata_and_metrics_and_answers_requests() throws Exception {
        server.report(report().window(3).at(NOW - 1_000));

        JsonObject tick = tick();
        assertThat(row(tick, "clicks").getMap())
                .containsEntry("servedLoss", 0.5)
                .containsEntry("expectedLoss", 0.25)
                .containsEntry("servedAnswers", 70);
        assertThat(row(tick, "plain").getMap()).doesNotContainKey("servedLoss");
        assertThat(tick("?model=clicks")
                        .getJsonObject("scored")
                        .getJsonObject("clicks")
                        .getJsonArray("points"))
                .isEqualTo(new JsonArray().add(JsonArray.of(NOW - 1_000, 700.0, 0.5, 0.25, 0.5, 0.25)));
        assertThat(server.json("/v2/models/clicks").getJsonObject("properties").getMap())
                .containsEntry("served_loss", "0.5")
                .containsEntry("served_expected_loss", "0.25");
        assertThat(server.get("/metrics").body().lines())
                .contains(
                        "freshet_served_loss{model=\"clicks\"} 0.5",
                        "freshet_served_expected_loss{model=\"clicks\"} 0.25",
                        "freshet_join_ids{model=\"clicks\",state=\"open\"} 1004.0",
                        "freshet_join_ids{model=\"clicks\",state=\"waiting\"} 1005.0",
                        "freshet_join_records_total{count=\"joined\",model=\"clicks\"} 1002.0",
                        "freshet_join_records_total{count=\"rejected\",model=\"clicks\"} 1014.0",
                        "freshet_join_delay_seconds{model=\"clicks\",quantile=\"0.5\"} 1.0",
                        "freshet_join_delay_seconds{model=\"clicks\",quantile=\"0.9\"} 60.0",
                        "freshet_join_watermark_age_seconds{model=\"clicks\"} 3.5");
        JsonObject json = server.json("/v2/models/clicks/join");
        for (JoinCount count : JoinCount.values()) {
            assertThat(json.getJsonObject("counts").getLong(count.field())).isEqualTo(1_000 + count.ordinal());
        }
        assertThat(json.getJsonObject("delays").getMap())
                .containsEntry("p50_millis", 1_000)
                .containsEntry("p90_millis", 60_000)
                .containsEntry("p99_millis", null)
                .containsEntry("late_share", 0.25);
        assertThat(json.getJsonArray("scores").getJsonObject(1))
                .isEqualTo(
                        new JsonObject(
                                "{'dimension':'origin','value':'SEA','window':{'samples':3,'loss':0.75,'auc':0.75,"
                                                .replace('\'', '"')
                                        + "\"expected_loss\":null},\"total\":{\"samples\":30,\"loss\":0.75,\"auc\":0.75,\"expected_loss\":null}}"));
    }

    /** Would catch figures of a join that the specification no longer has. */
    @Test
    void only_a_model_whose_specification_has_a_join_shows_one() throws Exception {
        server.report(new Reported("plain").counted().scored(700, 0.5, 0.25).at(NOW));
        server.report(new Reported("unknown").counted().at(NOW));

        assertThat(server.get("/v2/models/plain/join").body()).isEqualTo("{\"name\":\"plain\"}");
        assertThat(server.get("/v2/models/unknown/join").body()).isEqualTo("{\"name\":\"unknown\"}");
        assertThat(server.get("/metrics").body()).doesNotContain("freshet_join_records_total");
        assertThat(row(tick(), "plain").getMap()).doesNotContainKey("servedLoss");
    }

    @Test
    void a_join_that_is_gone_is_a_problem_everywhere() throws Exception {
        server.report(report().at(NOW - 31_000));

        assertThat(row(tick(), "clicks").getJsonArray("problems").getJsonObject(0))
                .isEqualTo(new JsonObject()
                        .put("level", "bad")
                        .put("text", "join gone: last report 31 s ago (expected: one every 5 s)"));
        assertThat(server.get("/metrics").body().lines())
                .contains("freshet_join_problem{model=\"clicks\",problem=\"gone\"} 1.0")
                .noneMatch(line -> line.startsWith("freshet_join_problem{model=\"plain\""));
    }

    @Test
    void a_tombstone_removes_what_is_known() throws Exception {
        server.report(report().at(NOW));
        assertThat(server.get("/metrics").body()).contains("freshet_join_records_total");

        server.deleteReports("clicks");

        assertThat(server.get("/v2/models/clicks/join").body()).isEqualTo("{\"name\":\"clicks\"}");
        assertThat(server.get("/metrics").body())
                .doesNotContain("freshet_join_records_total")
                .doesNotContain("freshet_served_loss{")
                .contains("freshet_join_problem{model=\"clicks\",problem=\"never_seen\"} 1.0");
        assertThat(tick("?model=clicks").getJsonObject("scored").fieldNames()).isEmpty();
    }

    @Test
    void a_report_under_the_key_of_another_model_is_refused() throws Exception {
        KeyedBytes forged = new KeyedBytes(
                codec.delete("plain").key(), codec.write(report().at(NOW)).value());

        assertThatThrownBy(() -> server.metrics(forged))
                .hasMessageContaining("model: not that of the key (expected: the same)");
        assertThatThrownBy(() ->
                        server.metrics(new KeyedBytes(codec.delete("clicks").key(), new byte[] {1, 2, 3})))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(row(tick(), "clicks").getMap()).doesNotContainKey("servedLoss");
    }

    /** Would catch a response, a metric, or a page whose size a report decides. */
    @Test
    void what_a_report_claims_is_bounded() throws Exception {
        String large = "<script>alert(1)</script>".repeat(1_000);
        Reported reported = report();
        for (int i = 0; i < 5_000; i++) {
            reported.scored("origin", large + i, 1, Double.NaN, Double.POSITIVE_INFINITY);
        }
        reported.delayed(
                LongStream.range(0, 10_000).boxed().toList(),
                LongStream.rangeClosed(0, 10_000).boxed().toList());
        server.report(reported.with(JoinCount.OPEN, Long.MAX_VALUE).at(NOW));

        assertThat(server.get("/v2/models/clicks/join").body().length()).isLessThan(150_000);
        assertThat(tick().encode().length()).isLessThan(10_000);
        assertThat(server.get("/metrics").body()).doesNotContain("script").doesNotContain("origin");
    }

    private static Reported report() {
        return new Reported("clicks")
                .counted()
                .delayed(List.of(1_000L, 60_000L), List.of(60L, 38L, 2L))
                .scored(700, 0.5, 0.25)
                .scored("origin", "SEA", 30, 0.75, null);
    }

    private JsonObject tick() throws Exception {
        return tick("");
    }

    private JsonObject tick(String query) throws Exception {
        try (BufferedReader reader = PageStream.open(server, query, null)) {
            return PageStream.read(reader).data();
        }
    }

    private static JsonObject row(JsonObject tick, String model) {
        return tick.getJsonArray("models").stream()
                .map(JsonObject.class::cast)
                .filter(row -> row.getString("name").equals(model))
                .findFirst()
                .orElse(new JsonObject(Map.of()));
    }

    private static ModelSpec spec(String name, String more) {
        return ModelSpec.parse("{name: " + name + ", label: y, features: {numeric: [x], standardize: false},"
                + " loss: binary-cross-entropy" + more + "}");
    }
}
