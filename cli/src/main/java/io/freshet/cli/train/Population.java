package io.freshet.cli.train;

import io.freshet.job.state.ModelState;
import io.freshet.job.state.ModelStateSerializer;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Copies of learned models, more than the processor's caches hold, each under a key of its own.
 *
 * @param models by key; as many as {@code keys}
 * @param heapBytes of each, with its key
 */
record Population(Map<String, ModelState> models, List<String> keys, double heapBytes) {
    private static final MemoryMXBean MEMORY = ManagementFactory.getMemoryMXBean();
    private static final int COLLECTIONS = 3;

    static Population of(List<ModelState> learned, int count) {
        ModelStateSerializer serializer = new ModelStateSerializer();
        long before = used();
        Map<String, ModelState> models = new HashMap<>();
        List<String> keys = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            keys.add("key-" + i);
            models.put(keys.get(i), serializer.copy(learned.get(i % learned.size())));
        }
        double bytes = (double) Math.max(0, used() - before) / count;
        Reference.reachabilityFence(learned);
        return new Population(models, keys, bytes);
    }

    /** Returns the heap in use after a collection, in bytes. */
    static long used() {
        for (int i = 0; i < COLLECTIONS; i++) {
            System.gc();
        }
        return MEMORY.getHeapMemoryUsage().getUsed();
    }
}
