package io.freshet.server.inspect;

import io.freshet.learning.evaluation.Metric;
import io.freshet.learning.evaluation.Metrics;
import io.freshet.schemas.loop.JoinCount;
import io.freshet.schemas.loop.JoinDelays;
import io.freshet.schemas.loop.JoinReport;
import io.freshet.schemas.loop.LatestJoin;
import io.freshet.schemas.loop.ServedScore;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the join of a model has counted, and how good its answers were, as JSON. Whatever a report says, it is bounded: {@value
 * #MOST_SCORES} scores, {@value #MOST_BOUNDS} bounds of delays, and texts of {@value #LONGEST} characters.
 */
final class JoinView {
    private static final int MOST_SCORES = 500;
    private static final int MOST_BOUNDS = 100;
    private static final int LONGEST = 100;

    private JoinView() {}

    /** @param join null if the model has none, or it has not reported */
    static JsonObject of(String name, @Nullable LatestJoin join) {
        JsonObject json = new JsonObject().put("name", name);
        if (join == null) {
            return json;
        }
        JoinReport newest = join.newest();
        JsonObject counts = new JsonObject();
        for (JoinCount count : JoinCount.values()) {
            counts.put(count.field(), join.count(count));
        }
        Long watermark = newest.window().watermark();
        return json.put("reported_at", Instant.ofEpochMilli(join.seenAt()).toString())
                .put(
                        "watermark",
                        watermark == null
                                ? null
                                : Instant.ofEpochMilli(watermark).toString())
                .put("window", join.window().window().index())
                .put("window_ended", join.ended() != null)
                .put("counts", counts)
                .put("delays", delays(newest.delays()))
                .put("scores", scores(newest.scores(), join.window().scores()));
    }

    private static JsonObject delays(JoinDelays delays) {
        boolean bounded = delays.bounds().size() <= MOST_BOUNDS;
        return new JsonObject()
                .put("up_to_millis", bounded ? new JsonArray(delays.bounds()) : new JsonArray())
                .put("requests", bounded ? new JsonArray(delays.counts()) : new JsonArray())
                .put("p50_millis", delays.quantile(0.5))
                .put("p90_millis", delays.quantile(0.9))
                .put("p99_millis", delays.quantile(0.99))
                .put("late_share", finite(delays.lateShare()));
    }

    /** @param window the scores whose windows are shown */
    private static JsonArray scores(List<ServedScore> newest, List<ServedScore> window) {
        Map<Answers, ServedScore> windows = new HashMap<>();
        window.forEach(score -> windows.put(Answers.of(score), score));
        JsonArray json = new JsonArray();
        newest.stream().limit(MOST_SCORES).forEach(score -> {
            ServedScore last = windows.get(Answers.of(score));
            json.add(new JsonObject()
                    .put("dimension", shortened(score.dimension()))
                    .put("value", shortened(score.value()))
                    .put("window", last == null ? null : json(last.window(), last.windowExpected()))
                    .put("total", json(score.total(), score.totalExpected())));
        });
        return json;
    }

    private record Answers(String dimension, String value) {
        static Answers of(ServedScore score) {
            return new Answers(score.dimension(), score.value());
        }
    }

    private static @Nullable JsonObject json(@Nullable Metrics metrics, @Nullable Double expected) {
        if (metrics == null) {
            return null;
        }
        JsonObject json = new JsonObject().put("samples", metrics.samples());
        for (Metric metric : Metric.values()) {
            Double value = finite(metrics.get(metric));
            if (value != null) {
                json.put(metric.key(), value);
            }
        }
        return json.put("expected_loss", finite(expected));
    }

    private static String shortened(String text) {
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "...";
    }

    private static @Nullable Double finite(@Nullable Double number) {
        return number != null && Double.isFinite(number) ? number : null;
    }
}
