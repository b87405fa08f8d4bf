package io.freshet.schemas.loop;

import java.time.Duration;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The newest reports of the joins of at most {@value #MAXIMUM} models. Another one evicts the one that has not reported for
 * longest, so models that are gone cost no memory for long. If all have reported in the last minute, the other one is ignored:
 * otherwise, models beyond the limit would evict each other with each report. Times are milliseconds since 1970, UTC. Thread-safe.
 */
public final class LatestJoins {
    static final int MAXIMUM = 1_000;
    /** Silence after which a model may be evicted. */
    private static final long SILENCE_MILLIS = Duration.ofMinutes(1).toMillis();
    /** How often the counts are kept that recent ones are compared with. */
    static final long PERIOD_MILLIS = Duration.ofMinutes(5).toMillis();

    private final Map<String, Known> models = new HashMap<>();

    /**
     * The reports of one model.
     *
     * @param earlier counts of a report five to ten minutes before the newest, or of the first
     * @param next counts that replace them, of a report at {@code nextAt}
     */
    private record Known(LatestJoin join, JoinCounts earlier, JoinCounts next, long nextAt) {
        static Known first(JoinReport report, long seenAt) {
            JoinReport ended = report.window().ended() ? report : null;
            return new Known(
                    new LatestJoin(report, ended, seenAt, recent(report.counts(), report.counts())),
                    report.counts(),
                    report.counts(),
                    seenAt);
        }

        Known then(JoinReport report, long seenAt) {
            // A join that starts from an earlier checkpoint, or from nothing, counts again.
            if (fell(report.counts(), JoinCount.REQUESTS) || fell(report.counts(), JoinCount.OUTCOMES)) {
                return first(report, seenAt);
            }
            JoinReport newest = report.withDimensionsOf(join.newest());
            LatestJoin joined = new LatestJoin(newest, ended(report), seenAt, recent(report.counts(), earlier));
            return seenAt - nextAt < PERIOD_MILLIS
                    ? new Known(joined, earlier, next, nextAt)
                    : new Known(joined, next, report.counts(), seenAt);
        }

        private boolean fell(JoinCounts counts, JoinCount count) {
            return counts.get(count) < join.count(count);
        }

        /** Scores of another specification, or of windows that are counted again, are not those of the last window. */
        private @Nullable JoinReport ended(JoinReport report) {
            JoinReport ended = join.ended();
            if (report.window().ended()) {
                return ended == null ? report : report.withDimensionsOf(ended);
            }
            boolean continues = ended != null
                    && ended.specHash().equals(report.specHash())
                    && ended.window().index() <= report.window().index();
            return continues ? ended : null;
        }

        private static JoinCounts recent(JoinCounts counts, JoinCounts earlier) {
            Map<JoinCount, Long> recent = new EnumMap<>(JoinCount.class);
            for (JoinCount count : JoinCount.values()) {
                long before = count.isLevel() ? 0 : earlier.get(count);
                recent.put(count, Math.max(0, counts.get(count) - before));
            }
            return new JoinCounts(recent);
        }
    }

    /**
     * Adds a report; returns false if it is older than the newest of its model, or ignored for the limit. A report from the future counts as sent now, so
     * that a clock that was ahead makes no later one old.
     */
    public synchronized boolean add(JoinReport report, long now) {
        long seenAt = Math.min(report.window().emittedAt(), now);
        Known known = models.get(report.model());
        if (known != null && seenAt < known.join.seenAt()) {
            return false;
        }
        if (known == null && isFull() && !evictSilent(seenAt)) {
            return false;
        }
        models.put(report.model(), known == null ? Known.first(report, seenAt) : known.then(report, seenAt));
        return true;
    }

    private boolean evictSilent(long now) {
        Map.Entry<String, Known> oldest = Collections.min(
                models.entrySet(),
                Comparator.comparingLong(entry -> entry.getValue().join.seenAt()));
        if (now - oldest.getValue().join.seenAt() < SILENCE_MILLIS) {
            return false;
        }
        models.remove(oldest.getKey());
        return true;
    }

    /** Returns whether there are as many models as are kept, so that others may report without being known. */
    public synchronized boolean isFull() {
        return models.size() == MAXIMUM;
    }

    /** Removes a model that is gone, or is no longer joined. */
    public synchronized void remove(String model) {
        models.remove(model);
    }

    /** Returns the names of the models, in no order. */
    public synchronized Set<String> models() {
        return Set.copyOf(models.keySet());
    }

    /** Returns what is known about the join of a model; null if it has not reported. */
    public synchronized @Nullable LatestJoin get(String model) {
        Known known = models.get(model);
        return known == null ? null : known.join;
    }
}
