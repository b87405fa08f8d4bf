package io.freshet.schemas.loop;

import io.freshet.learning.evaluation.Metric;
import io.freshet.learning.evaluation.Metrics;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reports for tests. */
public final class JoinReports {
    private JoinReports() {}

    /** A report in which no two numbers are equal. */
    public static JoinReport of(String model) {
        return of(model, JoinCount.values().length);
    }

    /** @param known how many counts the version knew that wrote the report */
    public static JoinReport of(String model, int known) {
        Map<JoinCount, Long> counts = new EnumMap<>(JoinCount.class);
        for (JoinCount count : JoinCount.values()) {
            if (count.ordinal() >= known) {
                break;
            }
            counts.put(count, 1_000L + count.ordinal());
        }
        return new JoinReport(
                model,
                "0123456789abcdef",
                new JoinReport.Window(3, true, 1_700_000_000_123L, 1_700_000_000_001L),
                new JoinCounts(counts),
                new JoinDelays(List.of(1_000L, 60_000L), List.of(17L, 0L, 3L), 0.25),
                List.of(
                        score(ServedScore.ALL, "", 0.5),
                        score(ServedScore.AGE, "up to 1s", 0.25),
                        score("origin", "Zürich <b>", Double.NaN),
                        new ServedScore("origin", ServedScore.OTHER, null, null, null, null)));
    }

    private static ServedScore score(String dimension, String value, double loss) {
        return new ServedScore(dimension, value, metrics(7, loss), metrics(70, loss / 2), loss / 4, null);
    }

    private static Metrics metrics(long samples, @Nullable Double loss) {
        Map<Metric, Double> values = new EnumMap<>(Metric.class);
        values.put(Metric.LOSS, loss);
        values.put(Metric.AUC, 0.75);
        return new Metrics(samples, values);
    }
}
