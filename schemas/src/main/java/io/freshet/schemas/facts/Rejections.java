package io.freshet.schemas.facts;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What each model has rejected in the last ten seconds, to the second, by the time of the rejection, and the newest reason,
 * which is kept longer. Records that no model could decode have an entry of their own, {@link #ALL}, and count for no model.
 * Keeps the {@value #MAXIMUM_MODELS} models that rejected a record last. Thread-safe.
 */
public final class Rejections {
    /** The model of records that no model could decode. */
    public static final String ALL = "";
    /** How long a rejection counts. */
    public static final long WINDOW_MILLIS = 10_000;

    static final int MAXIMUM_MODELS = 1_000;
    private static final int SECONDS = (int) (WINDOW_MILLIS / 1_000);
    /** The oldest one is only in part within the last ten seconds, and the newest one is not complete. */
    private static final int SLOTS = SECONDS + 1;

    /** The model that has not rejected anything for longest comes first. */
    private final Map<String, Counts> models = new LinkedHashMap<>();

    private volatile boolean known;

    /**
     * The newest rejection of a model.
     *
     * @param at milliseconds since 1970, UTC
     */
    public record Rejected(String reason, long at) {}

    /** Records per second of the last seconds. */
    private static final class Counts {
        private final long[] seconds = new long[SLOTS];
        private final double[] records = new double[SLOTS];

        private Rejected newest;
        /** Since when there has been one within every ten seconds; the newest of them. Both 0 before the first. */
        private long since;

        private long lastAt;

        Counts(Rejected first) {
            newest = first;
        }

        void add(double count, Rejected rejected) {
            long second = Math.floorDiv(rejected.at, 1_000L);
            int slot = Math.floorMod(second, SLOTS);
            if (second > seconds[slot]) {
                seconds[slot] = second;
                records[slot] = 0;
            }
            if (second == seconds[slot]) {
                records[slot] += count;
            }
            last(rejected.at);
            if (rejected.at >= newest.at) {
                newest = rejected;
            }
        }

        /** Rejections of several partitions come in no particular order. */
        private void last(long at) {
            if (at > lastAt + WINDOW_MILLIS) {
                since = at;
            } else if (at >= since - WINDOW_MILLIS) {
                since = Math.min(since, at);
            }
            lastAt = Math.max(lastAt, at);
        }

        double recent(long now) {
            double sum = 0;
            for (int i = 0; i < SLOTS; i++) {
                if ((seconds[i] + 1) * 1_000 > now - WINDOW_MILLIS) {
                    sum += records[i];
                }
            }
            return sum;
        }
    }

    /**
     * Adds rejected records.
     *
     * @param model the model that rejected them, or {@link #ALL}
     * @param count of the records; an estimate if not all were read
     * @param reason of the last one
     * @param at when they were rejected, milliseconds since 1970, UTC
     */
    public synchronized void add(String model, double count, String reason, long at) {
        Rejected rejected = new Rejected(reason, at);
        Counts known = models.remove(model);
        Counts counts = known == null ? new Counts(rejected) : known;
        counts.add(count, rejected);
        models.put(model, counts);
        if (models.size() > MAXIMUM_MODELS) {
            models.remove(models.keySet().iterator().next());
        }
    }

    /** Forgets all rejections. */
    public synchronized void clear() {
        models.clear();
    }

    /** Sets whether the dead letters are read at all. */
    public void known(boolean value) {
        known = value;
    }

    /** Returns whether the dead letters are read. */
    public boolean known() {
        return known;
    }

    /** Returns the number of records that a model, or {@link #ALL}, has rejected in the last ten seconds. */
    public long recent(String model, long now) {
        return Math.round(sum(model, now));
    }

    /** Returns the records that a model rejects per second, over the last ten seconds. */
    public double perSecond(String model, long now) {
        return sum(model, now) / SECONDS;
    }

    /** Returns for how long a model has rejected records without a pause of ten seconds; 0 if it does not now. */
    synchronized long lastingMillis(String model, long now) {
        Counts counts = models.get(model);
        return counts == null || counts.recent(now) == 0 ? 0 : now - counts.since;
    }

    private synchronized double sum(String model, long now) {
        Counts counts = models.get(model);
        return counts == null ? 0 : counts.recent(now);
    }

    /** Returns the newest rejection of a model, however long ago; null if none is known. */
    public synchronized @Nullable Rejected newest(String model) {
        Counts counts = models.get(model);
        return counts == null ? null : counts.newest;
    }
}
