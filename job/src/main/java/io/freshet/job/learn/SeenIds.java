package io.freshet.job.learn;

import io.freshet.job.decode.SampleIdSerializer;
import io.freshet.learning.features.SampleId;
import java.util.Arrays;
import org.apache.flink.api.common.state.KeyedStateStore;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.api.common.typeutils.base.array.LongPrimitiveArraySerializer;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.internal.InternalMapState;
import org.jspecify.annotations.Nullable;

/**
 * The ids that each model and key has seen within a window of event time, in keyed state.
 *
 * <pre>
 *   a sample is a duplicate if one with the same id came before it and |event time - its event time| &lt;= window
 * </pre>
 *
 * Ids are kept by periods of half a window. So those of a window are in three periods; the four that began last are kept, so
 * that a stray event time does not push out what is needed, and when a fifth begins the one that began first is forgotten as
 * a whole. What is remembered is a function of the samples that came, and a checkpoint writes the ids that are new. One id
 * takes about 30 bytes in RocksDB and 120 on the heap.
 */
final class SeenIds {
    private static final int PERIODS_IN_WINDOW = 2;
    private static final int PERIODS_KEPT = 4;
    /** Before the periods: the window that they are parts of. */
    private static final int FIRST = 1;

    /** By period: each id, and the event time of the sample that it came with. */
    private final InternalMapState<String, Long, SampleId, Long> ids;
    /** The window in milliseconds, then the periods kept, in the order in which they began. Never changed in place. */
    private final ValueState<long[]> periods;

    SeenIds(KeyedStateBackend<String> backend, KeyedStateStore store) throws Exception {
        MapState<SampleId, Long> state = backend.getOrCreateKeyedState(
                LongSerializer.INSTANCE,
                new MapStateDescriptor<>("seen", new SampleIdSerializer(), LongSerializer.INSTANCE));
        ids = internal(state);
        periods = store.getState(new ValueStateDescriptor<>("seen-periods", LongPrimitiveArraySerializer.INSTANCE));
    }

    @SuppressWarnings("unchecked") // The map states of every backend are of this kind.
    private static InternalMapState<String, Long, SampleId, Long> internal(MapState<SampleId, Long> state) {
        return (InternalMapState<String, Long, SampleId, Long>) state;
    }

    /** Whether the current key has seen an id within {@code window} milliseconds; if not, remembers it. */
    boolean isDuplicate(SampleId id, long eventTime, long window) throws Exception {
        long[] kept = periods.value();
        if (kept == null || kept[0] != window) {
            clear();
            kept = new long[] {window};
        }
        long period = Math.floorDiv(eventTime, Math.max(1, (window + 1) / PERIODS_IN_WINDOW));
        boolean begun = false;
        for (int i = kept.length - 1; i >= FIRST; i--) {
            begun |= kept[i] == period;
            if (EventTimes.distance(kept[i], period) <= PERIODS_IN_WINDOW) {
                ids.setCurrentNamespace(kept[i]);
                Long seen = ids.get(id);
                if (seen != null && EventTimes.distance(seen, eventTime) <= window) {
                    return true;
                }
            }
        }
        if (!begun) {
            periods.update(begin(period, kept));
        }
        ids.setCurrentNamespace(period);
        ids.put(id, eventTime);
        return false;
    }

    private long[] begin(long period, long[] kept) {
        long[] next;
        if (kept.length < FIRST + PERIODS_KEPT) {
            next = Arrays.copyOf(kept, kept.length + 1);
        } else {
            ids.setCurrentNamespace(kept[FIRST]);
            ids.clear();
            next = kept.clone();
            System.arraycopy(kept, FIRST + 1, next, FIRST, PERIODS_KEPT - 1);
        }
        next[next.length - 1] = period;
        return next;
    }

    /** Forgets what the current key has seen. */
    void clear() throws Exception {
        long @Nullable [] kept = periods.value();
        if (kept == null) {
            return;
        }
        for (int i = FIRST; i < kept.length; i++) {
            ids.setCurrentNamespace(kept[i]);
            ids.clear();
        }
        periods.clear();
    }
}
