package io.freshet.job.state;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.flink.api.common.state.KeyedStateStore;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.util.function.BiConsumerWithException;
import org.jspecify.annotations.Nullable;

/**
 * The model states of one subtask: keyed state behind a write-back cache.
 *
 * <p>A backend that stores bytes, such as RocksDB, would deserialize and serialize a model for each sample. So its models are
 * cached, and changed ones are written on eviction and before a checkpoint. The least recently used are evicted first. Models
 * stored in blocks are cached with any backend.
 *
 * <p>A backend that stores objects, such as the heap, returns its own. They are changed in place and requested again for each
 * sample, so that the backend can return a copy while a checkpoint is still writing the original.
 */
public final class ModelStateCache {
    /** Bytes besides the parameters, as measured for a small model of two classes: tallies, moments, lineage, and keys. */
    private static final long OVERHEAD_BYTES = 1280;

    private final ModelStateStore store;
    private final long maximumBytes;
    /** States that are not objects of the state backend, least recently used first. */
    private final LinkedHashMap<String, Entry> cache = new LinkedHashMap<>(16, 0.75f, true);

    private long cachedBytes;
    private long count;

    private static final class Entry {
        private final ModelState state;
        private boolean changed = true;
        /** What was last written. */
        private ModelStateStore.Written written;
        /** Size when last measured. */
        private long bytes;

        Entry(ModelState state, ModelStateStore.Written written) {
            this.state = state;
            this.written = written;
        }

        /** Measures the state; returns its growth since the last measurement. */
        long measureGrowth() {
            long before = bytes;
            bytes = OVERHEAD_BYTES + state.learner().bytes();
            return bytes - before;
        }
    }

    public ModelStateCache(KeyedStateBackend<String> backend, KeyedStateStore keyedState, long maximumBytes) {
        this.maximumBytes = maximumBytes;
        store = new ModelStateStore(backend, keyedState);
        store.forEachKey(key -> count++);
    }

    /** Returns the number of models, cached or not. */
    public long count() {
        return count;
    }

    /** Returns the number of cached models. */
    public int cached() {
        return cache.size();
    }

    /** Returns the size of the cached models. */
    public long cachedBytes() {
        return cachedBytes;
    }

    /** Returns the state of the current key, or null. It may be changed until the next call of this class. */
    public @Nullable ModelState get(String modelKey) throws Exception {
        Entry entry = cache.isEmpty() ? null : cache.get(modelKey);
        if (entry == null) {
            ModelState stored = store.read();
            if (stored == null || store.isShared(stored)) {
                return stored;
            }
            ModelStateStore.Loaded loaded = store.withBlocks(stored);
            entry = new Entry(loaded.state(), loaded.written());
            add(modelKey, entry);
        } else {
            measure(modelKey, entry);
        }
        entry.changed = true;
        return entry.state;
    }

    /** Adds or replaces the state of the current key. */
    public void put(String modelKey, ModelState state) throws Exception {
        discard(modelKey);
        count++;
        if (store.isShared(state)) {
            store.write(state, ModelStateStore.Written.NOTHING);
        } else {
            add(modelKey, new Entry(state, ModelStateStore.Written.NOTHING));
        }
    }

    private void add(String modelKey, Entry entry) throws Exception {
        cache.put(modelKey, entry);
        measure(modelKey, entry);
    }

    /** Measures the current state, which learning may have enlarged, and evicts others if the cache is full. */
    private void measure(String modelKey, Entry entry) throws Exception {
        cachedBytes += entry.measureGrowth();
        if (cachedBytes > maximumBytes) {
            evict();
            store.setCurrentKey(modelKey);
        }
    }

    /** Writes and evicts the least recently used states, except the most recently used one, whatever its size. */
    private void evict() throws Exception {
        Iterator<Map.Entry<String, Entry>> eldest = cache.entrySet().iterator();
        while (cache.size() > 1 && cachedBytes > maximumBytes) {
            Map.Entry<String, Entry> each = eldest.next();
            write(each.getKey(), each.getValue());
            cachedBytes -= each.getValue().bytes;
            eldest.remove();
        }
    }

    /** Removes the state of the current key, if any. */
    public void remove(String modelKey) throws Exception {
        discard(modelKey);
        store.clear();
    }

    /** Drops the cached state and the blocks of the current key. The caller replaces or clears the rest of its keyed state. */
    private void discard(String modelKey) throws Exception {
        Entry dropped = cache.remove(modelKey);
        if (dropped != null) {
            cachedBytes -= dropped.bytes;
        }
        ModelState stored = store.read();
        if (dropped != null || stored != null) {
            count--;
        }
        if (stored != null) {
            store.clearBlocks(stored);
        }
    }

    /** Calls {@code reader} with every state, with its model key as the current key. */
    public void forEach(BiConsumerWithException<String, ModelState, Exception> reader) throws Exception {
        forEach(modelKey -> true, reader);
    }

    /** Calls {@code reader} with the states of the wanted model keys, each as the current key. Reads no others. */
    public void forEach(Predicate<String> wanted, BiConsumerWithException<String, ModelState, Exception> reader)
            throws Exception {
        Set<String> modelKeys = new LinkedHashSet<>();
        cache.keySet().stream().filter(wanted).forEach(modelKeys::add);
        store.forEachKey(modelKey -> {
            if (wanted.test(modelKey)) {
                modelKeys.add(modelKey);
            }
        });
        for (String modelKey : modelKeys) {
            store.setCurrentKey(modelKey);
            ModelState state = get(modelKey);
            if (state != null) {
                reader.accept(modelKey, state);
            }
        }
    }

    /** Writes changed states to keyed state, before a checkpoint reads it. */
    public void flush() throws Exception {
        for (Map.Entry<String, Entry> each : cache.entrySet()) {
            write(each.getKey(), each.getValue());
        }
    }

    private void write(String modelKey, Entry entry) throws Exception {
        if (!entry.changed) {
            return;
        }
        store.setCurrentKey(modelKey);
        entry.written = store.write(entry.state, entry.written);
        entry.changed = false;
    }
}
