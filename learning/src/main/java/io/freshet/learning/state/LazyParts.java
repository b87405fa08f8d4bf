package io.freshet.learning.state;

import io.freshet.learning.batch.Batch;
import io.freshet.learning.batch.BatchShape;
import io.freshet.learning.evaluation.Metrics;
import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.predict.Clamp;
import io.freshet.learning.spec.TrainingSpec.EarlyStopping;
import io.freshet.learning.spec.stream.WatchSpec;
import io.freshet.learning.state.StateParts.Counts;
import io.freshet.learning.state.StateParts.Learned;
import io.freshet.learning.state.StateParts.Validation;
import org.jspecify.annotations.Nullable;

/**
 * The parts of a state that a key may never use: pending samples, ended windows, epochs, detectors, and so on.
 *
 * <p>Most keys of a model with many keys are small, so parts that are not used yet take no space. The public accessor of a part
 * then returns an empty one that is not stored; its {@code use} method stores one first. This is a base class
 * because an object of its own would take more space in each key.
 */
abstract sealed class LazyParts permits LearnerState {
    private static final double[] NO_MEMORY = {};

    private BatchShape batchShape;
    private final Tally window;
    /** Null until a part is used. */
    private @Nullable Used used;

    /** The parts in use. */
    private static final class Used {
        private @Nullable Batch pending;
        private @Nullable Tally closed;
        private @Nullable EpochProgress epochProgress;
        private @Nullable Watcher watcher;
        private @Nullable SavedState lastGood;
        private @Nullable SavedState savedBest;
        private @Nullable OpenPredictions open;
        private double[] updateMemory = NO_MEMORY;
        private double[] labelRange = Clamp.NO_LABELS;
        private long @Nullable [] blockVersions;
        private long rejected;
        private long windows;
        private long otherUpdates;
        private long corrections;

        /** Returns a copy without the saved states. */
        Used copy() {
            Used copy = new Used();
            copy.pending = pending == null ? null : pending.copy();
            copy.closed = closed == null ? null : closed.copy();
            copy.epochProgress = epochProgress == null ? null : epochProgress.copy();
            copy.watcher = watcher == null ? null : watcher.copy();
            copy.updateMemory = updateMemory.length == 0 ? NO_MEMORY : updateMemory.clone();
            copy.labelRange = labelRange.length == 0 ? Clamp.NO_LABELS : labelRange.clone();
            copy.blockVersions = blockVersions == null ? null : blockVersions.clone();
            copy.rejected = rejected;
            copy.windows = windows;
            copy.otherUpdates = otherUpdates;
            copy.open = open == null ? null : open.copy();
            copy.corrections = corrections;
            return copy;
        }
    }

    LazyParts(Learned learned, Batch pending, Validation validation, Counts counts) {
        batchShape = pending.shape();
        window = validation.window();
        if (pending.size() > 0) {
            use().pending = pending;
        }
        if (validation.closed().samples() > 0) {
            use().closed = validation.closed();
        }
        if (!validation.epochProgress().isStart()) {
            use().epochProgress = validation.epochProgress();
        }
        if (!validation.watcher().isUnused()) {
            use().watcher = validation.watcher();
        }
        if (learned.lastGood() != null) {
            use().lastGood = learned.lastGood();
        }
        if (learned.savedBest() != null) {
            use().savedBest = learned.savedBest();
        }
        updateMemory(learned.updateMemory());
        labelRange(learned.labelRange());
        long[] versions = learned.blockVersions();
        if (versions.length != 1 || versions[0] != counts.samples()) {
            use().blockVersions = versions;
        }
        if (counts.rejected() > 0) {
            use().rejected = counts.rejected();
        }
        if (counts.windows() > 0) {
            use().windows = counts.windows();
        }
        if (counts.otherUpdates() > 0) {
            use().otherUpdates = counts.otherUpdates();
        }
        if (counts.corrections() > 0) {
            use().corrections = counts.corrections();
        }
        OpenPredictions open = validation.open();
        if (open != null && !open.isUnused()) {
            use().open = open;
        }
    }

    /** Copies the parts, without the saved states. */
    LazyParts(LazyParts from) {
        batchShape = from.batchShape;
        window = from.window.copy();
        used = from.used == null ? null : from.used.copy();
    }

    private Used use() {
        if (used == null) {
            used = new Used();
        }
        return used;
    }

    private @Nullable Batch storedPending() {
        return used == null ? null : used.pending;
    }

    /** Returns the pending batch. */
    public Batch pending() {
        Batch pending = storedPending();
        return pending == null ? new Batch(batchShape) : pending;
    }

    /** Uses the shape of an empty pending batch that other keys also use. */
    public void batchShape(BatchShape shape) {
        // Storing a reference costs a barrier of the garbage collector, even if it is the same.
        if (batchShape != shape && storedPending() == null) {
            batchShape = shape;
        }
    }

    /** Returns the number of pending samples. */
    public int pendingSize() {
        Batch pending = storedPending();
        return pending == null ? 0 : pending.size();
    }

    /** Returns the pending batch, to add samples to. */
    public Batch usePending() {
        Used parts = use();
        if (parts.pending == null) {
            parts.pending = new Batch(batchShape);
        }
        return parts.pending;
    }

    /** Returns the size of the pending batch in bytes. */
    long pendingBytes() {
        Batch pending = storedPending();
        return pending == null ? 0 : pending.bytes();
    }

    /** Returns the metrics of the open window. */
    public Tally window() {
        return window;
    }

    /** Returns the metrics of all ended windows. */
    public Tally closed() {
        return used == null || used.closed == null ? window.empty() : used.closed;
    }

    /** Returns a new tally of the metrics since the start, summed window by window. */
    public Tally total() {
        Tally total = closed().copy();
        total.add(window);
        return total;
    }

    /**
     * Returns the metrics since the start, cheap enough for a snapshot after every sample: once a window has ended, AUC
     * lacks the samples of the open one. Null if no sample was scored: a loss of 0 would pass every gate.
     */
    public @Nullable Metrics metrics() {
        Tally since = closed().plusSums(window);
        return since.weight() > 0 ? since.metrics() : null;
    }

    /** Returns the count of ended windows. */
    public long windows() {
        return used == null ? 0 : used.windows;
    }

    /** Returns the count of optimizer steps of other replicas of the model that are part of the parameters. */
    public long otherUpdates() {
        return used == null ? 0 : used.otherUpdates;
    }

    /** Forgets the steps of other replicas, whose parameters were replaced. */
    void clearOtherUpdates() {
        if (used != null) {
            used.otherUpdates = 0;
        }
    }

    /** Adds the window to the ended ones, and clears it and the events. */
    void closeWindow() {
        Used parts = use();
        parts.windows++;
        if (parts.closed == null) {
            parts.closed = window.empty();
        }
        parts.closed.add(window);
        window.clear();
        if (parts.watcher != null) {
            parts.watcher.clearEvents();
        }
    }

    /** Returns the count of samples rejected for their gradients. */
    public long rejected() {
        return used == null ? 0 : used.rejected;
    }

    /** Counts a rejected sample. */
    void addRejected() {
        use().rejected++;
    }

    /** Returns the count of learned samples that only changed the label of an earlier one. */
    public long corrections() {
        return used == null ? 0 : used.corrections;
    }

    void addCorrections(int count) {
        use().corrections += count;
    }

    /** Returns the predictions whose labels are not final; null if nothing was ever added or taken. */
    public @Nullable OpenPredictions openPredictions() {
        return used == null || used.open == null || used.open.isUnused() ? null : used.open;
    }

    /** Drops the predictions whose labels are not final, and their counts. */
    public void dropOpenPredictions() {
        if (used != null) {
            used.open = null;
        }
    }

    /**
     * Returns the predictions whose labels are not final, to add and take some.
     *
     * @param outputs logits of a prediction
     */
    public OpenPredictions useOpenPredictions(int outputs) {
        Used parts = use();
        if (parts.open == null) {
            parts.open = new OpenPredictions(outputs);
        }
        return parts.open;
    }

    /** Returns the size of the open predictions in bytes. */
    long openBytes() {
        return used == null || used.open == null ? 0 : used.open.bytes();
    }

    public EpochProgress epochProgress() {
        return used == null || used.epochProgress == null ? EpochProgress.start(window.empty()) : used.epochProgress;
    }

    /** Returns the progress, to change it. */
    public EpochProgress useEpochProgress() {
        Used parts = use();
        if (parts.epochProgress == null) {
            parts.epochProgress = epochProgress();
        }
        return parts.epochProgress;
    }

    /** Returns the current epoch, from 0. */
    public int epoch() {
        return used == null || used.epochProgress == null ? 0 : used.epochProgress.epoch();
    }

    /** Updates and returns whether learning has stopped, under the current specification. */
    public boolean stops(EarlyStopping stopping) {
        return used != null && used.epochProgress != null && used.epochProgress.stops(stopping);
    }

    /** Returns the detectors, and the events since the last window ended. */
    public Watcher watcher() {
        return used == null || used.watcher == null ? new Watcher() : used.watcher;
    }

    /** Uses the detectors of a specification, once the first of them is used. */
    public void attach(WatchSpec spec) {
        if (used != null && used.watcher != null) {
            used.watcher.attach(spec);
        }
    }

    /** Returns the detectors of a specification, to update them. */
    public Watcher useWatcher(WatchSpec spec) {
        Used parts = use();
        if (parts.watcher == null) {
            parts.watcher = new Watcher();
        }
        parts.watcher.attach(spec);
        return parts.watcher;
    }

    /** Restarts the detectors of windows. An unused watcher would not be restored from a checkpoint either. */
    void forgetWindows() {
        if (used != null && used.watcher != null) {
            used.watcher.forgetWindows();
            used.watcher = used.watcher.isUnused() ? null : used.watcher;
        }
    }

    /** Returns the state that the {@code revert} policy returns to, or null. */
    public @Nullable SavedState lastGood() {
        return used == null ? null : used.lastGood;
    }

    final void lastGood(@Nullable SavedState good) {
        if (used != null || good != null) {
            use().lastGood = good;
        }
    }

    /** Returns the state after the best epoch, or null. */
    public @Nullable SavedState savedBest() {
        return used == null ? null : used.savedBest;
    }

    final void savedBest(@Nullable SavedState best) {
        if (used != null || best != null) {
            use().savedBest = best;
        }
    }

    /** Returns the memory of the optimizer or the schedule. */
    public double[] updateMemory() {
        return used == null ? NO_MEMORY : used.updateMemory;
    }

    public final void updateMemory(double[] memory) {
        if (used != null || memory.length > 0) {
            use().updateMemory = memory;
        }
    }

    /** Returns the range of the labels learned by a model that limits its predictions, as in {@link Clamp}. */
    public double[] labelRange() {
        return used == null ? Clamp.NO_LABELS : used.labelRange;
    }

    public final void labelRange(double[] range) {
        if (used != null || range.length > 0) {
            use().labelRange = range;
        }
    }

    /** Includes a label in {@link #labelRange}. */
    public final void widenLabelRange(float[] labels, int at, int outputs) {
        Used parts = use();
        parts.labelRange = Clamp.widen(parts.labelRange, labels, at, outputs);
    }

    /** Returns the versions of the blocks; null for a single block that changed with the last sample learned. */
    long @Nullable [] storedVersions() {
        return used == null ? null : used.blockVersions;
    }

    void storedVersions(long @Nullable [] versions) {
        if (used != null || versions != null) {
            use().blockVersions = versions;
        }
    }
}
