package io.freshet.learning.stream;

import io.freshet.learning.features.SampleId;
import java.util.Arrays;

/**
 * Finds samples whose id a model key already received within a window of event time.
 *
 * <pre>
 *   a sample is a duplicate if a sample with the same id was received before it, and
 *   |event time - its event time| &lt;= window
 * </pre>
 *
 * Stores ids by periods of half a window, so the ids of one window fall into three periods. The four newest periods are
 * stored, so that one stray event time does not evict ids that are still needed; a fifth period evicts the oldest. The stored ids are
 * a function of the received samples, so a replay of the same samples finds the same duplicates.
 *
 * @param <E> thrown by reading and writing the ids
 */
public final class Deduplicator<E extends Exception> {
    private static final int PERIODS_PER_WINDOW = 2;
    private static final int STORED_PERIODS = 4;
    /** Index of the first period in {@link ReceivedIds#periods()}, after the window. */
    private static final int FIRST = 1;

    private final ReceivedIds<E> store;

    public Deduplicator(ReceivedIds<E> store) {
        this.store = store;
    }

    /** Returns a deduplicator of one model key that has received nothing. */
    public static Deduplicator<RuntimeException> inMemory() {
        return new Deduplicator<>(new InMemoryReceivedIds());
    }

    /**
     * Returns whether a sample is a duplicate; if not, stores its id. A changed window forgets all ids first.
     *
     * @param window in milliseconds, at least 1
     */
    boolean isDuplicate(SampleId id, long eventTime, long window) throws E {
        long[] stored = store.periods();
        if (stored == null || stored[0] != window) {
            clear();
            stored = new long[] {window};
        }
        long period = Math.floorDiv(eventTime, Math.max(1, (window + 1) / PERIODS_PER_WINDOW));
        boolean isStored = false;
        for (int i = stored.length - 1; i >= FIRST; i--) {
            isStored |= stored[i] == period;
            if (EventTimes.distance(stored[i], period) <= PERIODS_PER_WINDOW) {
                Long earlier = store.eventTime(stored[i], id);
                if (earlier != null && EventTimes.distance(earlier, eventTime) <= window) {
                    return true;
                }
            }
        }
        if (!isStored) {
            store.periods(add(period, stored));
        }
        store.put(period, id, eventTime);
        return false;
    }

    private long[] add(long period, long[] stored) throws E {
        long[] next;
        if (stored.length < FIRST + STORED_PERIODS) {
            next = Arrays.copyOf(stored, stored.length + 1);
        } else {
            store.delete(stored[FIRST]);
            next = stored.clone();
            System.arraycopy(stored, FIRST + 1, next, FIRST, STORED_PERIODS - 1);
        }
        next[next.length - 1] = period;
        return next;
    }

    /** Forgets all ids. */
    void clear() throws E {
        long[] stored = store.periods();
        if (stored == null) {
            return;
        }
        for (int i = FIRST; i < stored.length; i++) {
            store.delete(stored[i]);
        }
        store.periods(null);
    }
}
