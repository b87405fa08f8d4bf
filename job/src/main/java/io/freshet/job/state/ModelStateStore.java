package io.freshet.job.state;

import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.parameters.Weights;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.flink.api.common.state.KeyedStateStore;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.VoidNamespace;
import org.jspecify.annotations.Nullable;

/**
 * Model states in keyed state, each under its model key.
 *
 * <p>The parameters and slots of a model of more than 2^16 numbers are stored separately, in blocks. Before a checkpoint, only
 * changed blocks are written, and an incremental checkpoint contains no others.
 */
final class ModelStateStore {
    /** The value of {@code since} for a model whose blocks have never been written. */
    static final long NEVER = -1;

    private static final String MODEL = "model";
    /** Maximum length of a model that is not stored in blocks. */
    private static final int MAXIMUM_WHOLE = 1 << 16;

    private final KeyedStateBackend<String> backend;
    private final ValueState<ModelState> models;
    private final MapState<Integer, float[]> blocks;
    private final boolean keepsObjects;

    ModelStateStore(KeyedStateBackend<String> backend, KeyedStateStore store) {
        this.backend = backend;
        models = store.getState(new ValueStateDescriptor<>(MODEL, new ModelStateSerializer()));
        blocks = store.getMapState(new MapStateDescriptor<>("blocks", IntSerializer.INSTANCE, new BlockSerializer()));
        keepsObjects = !backend.isSafeToReuseKVState();
    }

    void forEachKey(Consumer<String> consumer) {
        try (Stream<String> keys = backend.getKeys(MODEL, VoidNamespace.INSTANCE)) {
            keys.forEach(consumer);
        }
    }

    void setCurrentKey(String modelKey) {
        backend.setCurrentKey(modelKey);
    }

    /** Returns the stored state of the current key, without its blocks, or null. */
    @Nullable ModelState read() throws Exception {
        return models.value();
    }

    /** Returns a state from {@link #read} with its parameters from the blocks. */
    ModelState withBlocks(ModelState stored) throws Exception {
        if (!isInBlocks(stored)) {
            return stored;
        }
        LearnerState learner = stored.learner();
        Weights weights = Weights.zero(learner.layout());
        for (int block = 0; block < learner.layout().blocks(); block++) {
            weights.setBlock(block, blocks.get(block));
        }
        return stored.with(learner.with(weights));
    }

    /**
     * Writes the state of the current key.
     *
     * @param since number of samples learned when the blocks were last written, or {@link #NEVER}
     */
    void write(ModelState state, long since) throws Exception {
        if (isInBlocks(state)) {
            models.update(state.with(state.learner().withoutWeights()));
            writeBlocks(state.learner(), since);
        } else {
            models.update(state);
        }
    }

    /** Writes blocks of version {@code since} too: they may have changed again without another sample. */
    private void writeBlocks(LearnerState learner, long since) throws Exception {
        long[] versions = learner.blockVersions();
        for (int block = 0; block < versions.length; block++) {
            if (versions[block] >= since) {
                blocks.put(block, learner.weights().block(block));
            }
        }
    }

    void clear() throws Exception {
        models.clear();
    }

    /** Removes the blocks of the current key's stored state. */
    void clearBlocks(ModelState stored) {
        if (isInBlocks(stored)) {
            blocks.clear();
        }
    }

    /** Returns whether learning changes the state backend's own object in place. */
    boolean isShared(ModelState state) {
        return keepsObjects && !isInBlocks(state);
    }

    private static boolean isInBlocks(ModelState state) {
        return state.learner().layout().length() > MAXIMUM_WHOLE;
    }
}
