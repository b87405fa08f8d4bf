package io.freshet.schemas.loop;

import io.freshet.learning.evaluation.Metric;
import io.freshet.learning.evaluation.Metrics;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Builds reports of the join of model {@code m}, for tests. */
public final class Joined {
    private final Map<JoinCount, Long> counts = new EnumMap<>(JoinCount.class);
    private List<ServedScore> scores = List.of();
    private String specHash = "hash";
    private long index;
    private boolean ended;

    public Joined with(JoinCount count, long value) {
        counts.put(count, value);
        return this;
    }

    public Joined of(String hash) {
        specHash = hash;
        return this;
    }

    public Joined window(long number, boolean last) {
        index = number;
        ended = last;
        return this;
    }

    public Joined scored(long samples, double served, @Nullable Double expected) {
        Metrics metrics = new Metrics(samples, Map.of(Metric.LOSS, served));
        scores = List.of(new ServedScore(ServedScore.ALL, "", metrics, metrics, expected, expected));
        return this;
    }

    /** Adds the score of a value of dimension {@code origin}. */
    public Joined sliced(String value, long samples, double served) {
        Metrics metrics = new Metrics(samples, Map.of(Metric.LOSS, served));
        List<ServedScore> more = new ArrayList<>(scores);
        more.add(new ServedScore("origin", value, metrics, metrics, null, null));
        scores = more;
        return this;
    }

    public JoinReport at(long millis) {
        return new JoinReport(
                "m",
                specHash,
                new JoinReport.Window(index, ended, millis, millis - 1_000),
                new JoinCounts(new EnumMap<>(counts)),
                JoinDelays.NONE,
                scores);
    }
}
