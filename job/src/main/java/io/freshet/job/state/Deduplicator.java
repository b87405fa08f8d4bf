package io.freshet.job.state;

import io.freshet.job.record.KeyedSample;
import io.freshet.learning.features.SampleId;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The ids that a model and key has seen within a window of event time.
 *
 * <pre>
 *   a sample is a duplicate if one with the same id came before it and |event time - its event time| &lt;= window
 * </pre>
 *
 * Ids are kept by periods of half a window. So those of a window are in three periods; the four that began last are kept, so
 * that a stray event time does not push out what is needed, and when a fifth begins the one that began first is forgotten as
 * a whole. What is remembered is a function of the samples that came, so that who takes the same samples, as a replay does,
 * finds the same duplicates.
 *
 * @param <E> what may go wrong where they are kept
 */
public final class Deduplicator<E extends Exception> {
    private static final int PERIODS_IN_WINDOW = 2;
    private static final int PERIODS_KEPT = 4;
    /** Before the periods: the window that they are parts of. */
    private static final int FIRST = 1;

    private final Store<E> store;

    /** Where they are kept. */
    interface Store<E extends Exception> {
        /** Returns the window in milliseconds, then the periods kept, in the order in which they began; null for none. */
        long @Nullable [] periods() throws E;

        /** @param periods never changed afterwards */
        void periods(long @Nullable [] periods) throws E;

        /** Returns the event time of the sample that an id of a period came with, or null. */
        @Nullable Long eventTime(long period, SampleId id) throws E;

        void put(long period, SampleId id, long eventTime) throws E;

        /** Forgets the ids of a period. */
        void forget(long period) throws E;
    }

    public Deduplicator(Store<E> store) {
        this.store = store;
    }

    /** Returns the ids of one model and key that has seen none. */
    public static Deduplicator<RuntimeException> inMemory() {
        return new Deduplicator<>(new InMemory());
    }

    /** Whether a sample is a duplicate, where the window is not 0 and it has an id; if not, remembers it. */
    public boolean isDuplicate(KeyedSample keyed, long window) throws E {
        SampleId id = keyed.id();
        return window > 0 && id != null && isDuplicate(id, keyed.sample().eventTime(), window);
    }

    private boolean isDuplicate(SampleId id, long eventTime, long window) throws E {
        long[] kept = store.periods();
        if (kept == null || kept[0] != window) {
            clear();
            kept = new long[] {window};
        }
        long period = Math.floorDiv(eventTime, Math.max(1, (window + 1) / PERIODS_IN_WINDOW));
        boolean begun = false;
        for (int i = kept.length - 1; i >= FIRST; i--) {
            begun |= kept[i] == period;
            if (PartitionEventTimes.distance(kept[i], period) <= PERIODS_IN_WINDOW) {
                Long seen = store.eventTime(kept[i], id);
                if (seen != null && PartitionEventTimes.distance(seen, eventTime) <= window) {
                    return true;
                }
            }
        }
        if (!begun) {
            store.periods(begin(period, kept));
        }
        store.put(period, id, eventTime);
        return false;
    }

    private long[] begin(long period, long[] kept) throws E {
        long[] next;
        if (kept.length < FIRST + PERIODS_KEPT) {
            next = Arrays.copyOf(kept, kept.length + 1);
        } else {
            store.forget(kept[FIRST]);
            next = kept.clone();
            System.arraycopy(kept, FIRST + 1, next, FIRST, PERIODS_KEPT - 1);
        }
        next[next.length - 1] = period;
        return next;
    }

    /** Forgets what was seen: where a model begins anew, or looks for duplicates no more. */
    public void clear() throws E {
        long[] kept = store.periods();
        if (kept == null) {
            return;
        }
        for (int i = FIRST; i < kept.length; i++) {
            store.forget(kept[i]);
        }
        store.periods(null);
    }

    private static final class InMemory implements Store<RuntimeException> {
        private final Map<Long, Map<SampleId, Long>> ids = new HashMap<>();
        private long @Nullable [] periods;

        @Override
        public long @Nullable [] periods() {
            return periods;
        }

        @Override
        public void periods(long @Nullable [] kept) {
            periods = kept;
        }

        @Override
        public @Nullable Long eventTime(long period, SampleId id) {
            return ids.getOrDefault(period, Map.of()).get(id);
        }

        @Override
        public void put(long period, SampleId id, long eventTime) {
            ids.computeIfAbsent(period, p -> new HashMap<>()).put(id, eventTime);
        }

        @Override
        public void forget(long period) {
            ids.remove(period);
        }
    }
}
