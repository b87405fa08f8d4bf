package io.freshet.server;

import io.freshet.learning.evaluation.Metric;
import io.freshet.learning.evaluation.Metrics;
import io.freshet.schemas.loop.JoinCount;
import io.freshet.schemas.loop.JoinCounts;
import io.freshet.schemas.loop.JoinDelays;
import io.freshet.schemas.loop.JoinReport;
import io.freshet.schemas.loop.ServedScore;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A report as the join of a model sends it. The tests of the cli use it too. */
public final class Reported {
    private final String model;
    private final Map<JoinCount, Long> counts = new EnumMap<>(JoinCount.class);
    private final List<ServedScore> scores = new ArrayList<>();
    private JoinDelays delays = JoinDelays.NONE;
    private long index;
    private boolean ended;

    public Reported(String model) {
        this.model = model;
    }

    /** Sets all counts to different values. */
    public Reported counted() {
        for (JoinCount count : JoinCount.values()) {
            counts.put(count, 1_000L + count.ordinal());
        }
        return this;
    }

    public Reported with(JoinCount count, long value) {
        counts.put(count, value);
        return this;
    }

    public Reported delayed(List<Long> bounds, List<Long> requests) {
        delays = new JoinDelays(bounds, requests, 0.25);
        return this;
    }

    /** Ends a window. */
    public Reported window(long number) {
        index = number;
        ended = true;
        return this;
    }

    /** Adds the score of all answers; its window has ten times fewer. */
    public Reported scored(long answers, double served, @Nullable Double expected) {
        return scored(ServedScore.ALL, "", answers, served, expected);
    }

    public Reported scored(String dimension, String value, long answers, double served, @Nullable Double expected) {
        Map<Metric, Double> values = Map.of(Metric.LOSS, served, Metric.AUC, 0.75);
        scores.add(new ServedScore(
                dimension, value, new Metrics(answers / 10, values), new Metrics(answers, values), expected, expected));
        return this;
    }

    public JoinReport at(long millis) {
        return new JoinReport(
                model,
                "hash",
                new JoinReport.Window(index, ended, millis, millis - 2_500),
                new JoinCounts(counts),
                delays,
                scores);
    }
}
