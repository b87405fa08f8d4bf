package io.freshet.job.state;

import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.learner.SavedState;
import io.freshet.learning.model.Weights;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.flink.api.common.state.KeyedStateStore;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.VoidNamespace;
import org.jspecify.annotations.Nullable;

/**
 * Model states in keyed state, each under its model key.
 *
 * <p>The parameters and slots of a model of more than 2^16 numbers are stored separately, in blocks, and so are those of its
 * saved states. Before a checkpoint, only changed blocks are written, and an incremental checkpoint contains no others.
 */
final class ModelStateStore {
    private static final String MODEL = "model";
    /** Maximum length of a model that is not stored in blocks. */
    private static final int MAXIMUM_WHOLE = 1 << 16;

    /** Parts of the {@link BlockStore}. Their numbers are part of every checkpoint. */
    private static final int WEIGHTS = 0;

    private static final int LAST_GOOD = 1;
    private static final int SAVED_BEST = 2;

    private final KeyedStateBackend<String> backend;
    private final ValueState<ModelState> models;
    private final BlockStore blocks;
    private final boolean keepsObjects;

    /**
     * What the blocks of a key contain.
     *
     * @param samples learned when the weights were written, or {@link BlockStore#NEVER}
     * @param lastGood whose weights were written, or null
     * @param savedBest whose weights were written, or null
     */
    record Written(
            long samples,
            @Nullable SavedState lastGood,
            @Nullable SavedState savedBest) {
        static final Written NOTHING = new Written(BlockStore.NEVER, null, null);
    }

    /** A state with its weights, and which of them are in blocks. */
    record Loaded(ModelState state, Written written) {}

    ModelStateStore(KeyedStateBackend<String> backend, KeyedStateStore store) {
        this.backend = backend;
        models = store.getState(new ValueStateDescriptor<>(MODEL, new ModelStateSerializer()));
        blocks = new BlockStore(store);
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

    /** Returns a state from {@link #read} with its weights from the blocks. */
    Loaded withBlocks(ModelState stored) throws Exception {
        if (!isInBlocks(stored)) {
            return new Loaded(stored, Written.NOTHING);
        }
        LearnerState learner = stored.learner();
        SavedState lastGood = read(LAST_GOOD, learner.lastGood());
        SavedState savedBest = read(SAVED_BEST, learner.savedBest());
        Weights weights = blocks.read(WEIGHTS, Weights.zero(learner.layout()));
        return new Loaded(
                stored.with(learner.with(weights, lastGood, savedBest)),
                new Written(
                        learner.samples(),
                        lastGood == learner.lastGood() ? null : lastGood,
                        savedBest == learner.savedBest() ? null : savedBest));
    }

    /** Returns a saved state with its weights. */
    private @Nullable SavedState read(int part, @Nullable SavedState saved) throws Exception {
        return saved == null
                ? null
                : saved.with(blocks.read(part, Weights.zero(saved.weights().layout())));
    }

    /**
     * Writes the state of the current key.
     *
     * @param before what its blocks contain
     * @return what they contain now
     */
    Written write(ModelState state, Written before) throws Exception {
        if (!isInBlocks(state)) {
            models.update(state);
            return Written.NOTHING;
        }
        LearnerState learner = state.learner();
        models.update(state.with(learner.withoutWeights()));
        blocks.write(WEIGHTS, learner.weights(), learner.blockVersions(), before.samples());
        write(LAST_GOOD, learner, learner.lastGood(), before.lastGood());
        write(SAVED_BEST, learner, learner.savedBest(), before.savedBest());
        return new Written(learner.samples(), learner.lastGood(), learner.savedBest());
    }

    /** Writes the blocks of a saved state that changed after the one before was saved. */
    private void write(int part, LearnerState learner, @Nullable SavedState saved, @Nullable SavedState before)
            throws Exception {
        if (saved == before) {
            return;
        }
        if (saved == null) {
            blocks.remove(part, learner.layout().blocks());
        } else {
            blocks.write(
                    part,
                    saved.weights(),
                    learner.blockVersions(),
                    before == null ? BlockStore.NEVER : before.samples());
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
