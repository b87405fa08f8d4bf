package io.freshet.job.state;

import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.parameters.Weights;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.flink.api.common.state.KeyedStateStore;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.util.function.BiConsumerWithException;
import org.jspecify.annotations.Nullable;

/**
 * The models of one subtask: keyed state, and those of them that are at hand.
 *
 * <p>A backend that keeps bytes, as RocksDB does, would read and write a model for each sample. So models stay at hand, the
 * least recently used leave when there are too many, and before a checkpoint those that changed are written. A backend that
 * keeps objects, as the heap does, hands out its own: these are changed in place, and asked for anew for each sample, so
 * that it can hand out a copy where a checkpoint is still being written of the one before.
 *
 * <p>A model of more than 2^16 numbers is in state without them, and they beside it in blocks: a checkpoint then writes the
 * blocks that changed since the last, and an incremental one carries no others. The arrays that learning works on are ours.
 */
public final class ModelStateCache {
    private static final String MODEL = "model";
    private static final int LARGEST_WHOLE = 1 << 16;
    private static final long NEVER = -1;
    /** Of a small model of two classes, as measured on a full heap: tallies, moments, lineage, keys. */
    private static final long OVERHEAD_BYTES = 2560;

    private final KeyedStateBackend<String> backend;
    private final ValueState<ModelState> models;
    private final MapState<Integer, float[]> blocks;
    private final boolean keepsObjects;
    private final long cacheBytes;
    /** Those that are not objects in the state backend, the least recently used first. */
    private final LinkedHashMap<String, Entry> cache = new LinkedHashMap<>(16, 0.75f, true);

    private long usedBytes;
    private long count;

    /** A model at hand that is not the object in the state backend. */
    private static final class Entry {
        private final ModelState state;
        private boolean changed = true;
        /** Samples learned when its blocks were last written. */
        private long written;
        /** As counted last. */
        private long bytes;

        Entry(ModelState state, long written) {
            this.state = state;
            this.written = written;
        }

        /** Counts anew how large it is; returns by how much it has grown since the last time. */
        long grown() {
            long before = bytes;
            bytes = OVERHEAD_BYTES + state.learner().bytes();
            return bytes - before;
        }
    }

    public ModelStateCache(KeyedStateBackend<String> backend, KeyedStateStore store, long cacheBytes) {
        this.backend = backend;
        this.cacheBytes = cacheBytes;
        models = store.getState(new ValueStateDescriptor<>(MODEL, new ModelStateSerializer()));
        blocks = store.getMapState(new MapStateDescriptor<>("blocks", IntSerializer.INSTANCE, new BlockSerializer()));
        keepsObjects = !backend.isSafeToReuseKVState();
        try (Stream<String> keys = backend.getKeys(MODEL, VoidNamespace.INSTANCE)) {
            count = keys.count();
        }
    }

    /** Returns how many models there are. */
    public long count() {
        return count;
    }

    /** Returns how many models are at hand. */
    public int cached() {
        return cache.size();
    }

    /** Returns how large those at hand are that are not the state backend's own objects. */
    public long cachedBytes() {
        return usedBytes;
    }

    /** Returns the model of the current key, to be changed before any other is asked for, or null if there is none. */
    public @Nullable ModelState get(String address) throws Exception {
        Entry entry = cache.isEmpty() ? null : cache.get(address);
        if (entry == null) {
            ModelState state = models.value();
            if (state == null || isShared(state)) {
                return state;
            }
            ModelState whole = isInBlocks(state) ? state.with(join(state.learner())) : state;
            entry = new Entry(whole, state.learner().samples());
            add(address, entry);
        } else {
            count(address, entry);
        }
        entry.changed = true;
        return entry.state;
    }

    /** Takes a model that is new for the current key. */
    public void put(String address, ModelState state) throws Exception {
        letGo(address);
        count++;
        if (isShared(state)) {
            models.update(state);
        } else {
            add(address, new Entry(state, NEVER));
        }
    }

    private void add(String address, Entry entry) throws Exception {
        cache.put(address, entry);
        count(address, entry);
    }

    /** Counts the model used last, which learning may have made larger, and makes room if that is too much. */
    private void count(String address, Entry entry) throws Exception {
        usedBytes += entry.grown();
        if (usedBytes > cacheBytes) {
            makeRoom();
            backend.setCurrentKey(address);
        }
    }

    /** Writes and lets go of those not used for longest; the newest stays, however large. */
    private void makeRoom() throws Exception {
        Iterator<Map.Entry<String, Entry>> eldest = cache.entrySet().iterator();
        while (cache.size() > 1 && usedBytes > cacheBytes) {
            Map.Entry<String, Entry> each = eldest.next();
            write(each.getKey(), each.getValue());
            usedBytes -= each.getValue().bytes;
            eldest.remove();
        }
    }

    /** Deletes the model of the current key, if there is one. */
    public void remove(String address) throws Exception {
        letGo(address);
        models.clear();
    }

    /** Forgets what is at hand of the current key, and its blocks; what else is in state of it is stale then. */
    private void letGo(String address) throws Exception {
        Entry gone = cache.remove(address);
        if (gone != null) {
            usedBytes -= gone.bytes;
        }
        ModelState stored = models.value();
        if (gone != null || stored != null) {
            count--;
        }
        if (stored != null && isInBlocks(stored)) {
            blocks.clear();
        }
    }

    /** Shows every model, each while its address is the current key. */
    public void forEach(BiConsumerWithException<String, ModelState, Exception> reader) throws Exception {
        forEach(address -> true, reader);
    }

    /** Shows the models of some addresses, each while its address is the current key; others are not even read. */
    public void forEach(Predicate<String> wanted, BiConsumerWithException<String, ModelState, Exception> reader)
            throws Exception {
        Set<String> addresses = new LinkedHashSet<>();
        cache.keySet().stream().filter(wanted).forEach(addresses::add);
        try (Stream<String> keys = backend.getKeys(MODEL, VoidNamespace.INSTANCE)) {
            keys.filter(wanted).forEach(addresses::add);
        }
        for (String address : addresses) {
            backend.setCurrentKey(address);
            ModelState state = get(address);
            if (state != null) {
                reader.accept(address, state);
            }
        }
    }

    /** Writes what changed to state, before a checkpoint reads it. */
    public void flush() throws Exception {
        for (Map.Entry<String, Entry> each : cache.entrySet()) {
            write(each.getKey(), each.getValue());
        }
    }

    private void write(String address, Entry entry) throws Exception {
        if (!entry.changed) {
            return;
        }
        backend.setCurrentKey(address);
        LearnerState learner = entry.state.learner();
        if (isInBlocks(entry.state)) {
            models.update(entry.state.with(learner.withoutWeights()));
            writeBlocks(learner, entry.written);
        } else {
            models.update(entry.state);
        }
        entry.written = learner.samples();
        entry.changed = false;
    }

    /** Those of the version that was written last, too: what changed then may have changed again without a sample. */
    private void writeBlocks(LearnerState learner, long since) throws Exception {
        long[] versions = learner.blockVersions();
        for (int block = 0; block < versions.length; block++) {
            if (versions[block] >= since) {
                blocks.put(block, learner.weights().block(block));
            }
        }
    }

    private LearnerState join(LearnerState learner) throws Exception {
        Weights weights = Weights.zero(learner.layout());
        for (int block = 0; block < learner.layout().blocks(); block++) {
            weights.setBlock(block, blocks.get(block));
        }
        return learner.with(weights);
    }

    /** Whether the object in the state backend is the one that is learned on. */
    private boolean isShared(ModelState state) {
        return keepsObjects && !isInBlocks(state);
    }

    private static boolean isInBlocks(ModelState state) {
        return state.learner().layout().length() > LARGEST_WHOLE;
    }
}
