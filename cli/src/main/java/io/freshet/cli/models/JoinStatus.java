package io.freshet.cli.models;

import io.freshet.cli.console.Age;
import io.freshet.cli.console.JoinFigures;
import io.freshet.schemas.loop.JoinCount;
import io.freshet.schemas.loop.LatestJoin;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The status of the join of a model: counts since its start, delays of closed requests, and the losses of the last window.
 *
 * @param progressiveLoss mean loss of the trainer's newest window, to compare the served loss with; null if unknown
 */
public record JoinStatus(
        String model, LatestJoin join, @Nullable Double progressiveLoss) {
    static final String[] HEADER = {
        "MODEL",
        "OPEN",
        "JOINED",
        "EXPIRED",
        "LATE",
        "ORPHANS",
        "DOUBLED",
        "DELAY P50",
        "P90",
        "P99",
        "SERVED LOSS",
        "EXPECTED",
        "OF LAST",
        "PROGRESSIVE"
    };

    private static final String NONE = "-";

    String[] row() {
        return new String[] {
            model,
            count(JoinCount.OPEN),
            count(JoinCount.JOINED),
            count(JoinCount.EXPIRED),
            count(JoinCount.LATE),
            count(JoinCount.ORPHANS),
            count(JoinCount.DOUBLED),
            delay(0.5),
            delay(0.9),
            delay(0.99),
            loss(join.servedLoss()),
            loss(join.expectedLoss()),
            answers(),
            loss(progressiveLoss)
        };
    }

    private String count(JoinCount count) {
        return String.format(Locale.ROOT, "%,d", join.count(count));
    }

    private String answers() {
        return join.servedAnswers() == null ? NONE : String.format(Locale.ROOT, "%,d", join.servedAnswers());
    }

    private String delay(double share) {
        Long millis = join.newest().delays().quantile(share);
        return millis == null ? NONE : millis < 1_000 ? millis + " ms" : Age.text(Duration.ofMillis(millis));
    }

    private static String loss(@Nullable Double loss) {
        return loss == null ? NONE : String.format(Locale.ROOT, "%.4g", loss);
    }

    /** Returns the figures by the names of the JSON output. */
    public Map<String, @Nullable Object> fields() {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("reportedAt", Instant.ofEpochMilli(join.seenAt()).toString());
        JoinFigures.put(fields, join.newest());
        fields.put("servedLoss", join.servedLoss());
        fields.put("expectedLoss", join.expectedLoss());
        fields.put("servedAnswers", join.servedAnswers());
        fields.put("progressiveLoss", progressiveLoss);
        return fields;
    }

    /**
     * Returns the figures in words, such as {@code 4 open, 12 joined, 3 expired, served loss of the last 1,000: 0.61, expected
     * 0.6}.
     */
    public String summary() {
        String counts = count(JoinCount.OPEN) + " open, " + count(JoinCount.JOINED) + " joined, "
                + count(JoinCount.EXPIRED) + " expired";
        if (join.servedLoss() == null) {
            return counts;
        }
        String expected = join.expectedLoss() == null ? "" : ", expected " + loss(join.expectedLoss());
        return counts + ", served loss of the last " + answers() + ": " + loss(join.servedLoss()) + expected;
    }
}
