package io.freshet.learning.stream;

import io.freshet.learning.features.SampleId;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Received ids on the heap. */
final class InMemoryReceivedIds implements ReceivedIds<RuntimeException> {
    private final Map<Long, Map<SampleId, Long>> ids = new HashMap<>();
    private long @Nullable [] periods;

    @Override
    public long @Nullable [] periods() {
        return periods;
    }

    @Override
    public void periods(long @Nullable [] stored) {
        periods = stored;
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
    public void delete(long period) {
        ids.remove(period);
    }
}
