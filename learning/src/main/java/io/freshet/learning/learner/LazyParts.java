package io.freshet.learning.learner;

import io.freshet.learning.batch.Batch;
import io.freshet.learning.batch.BatchShape;
import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.learner.StateParts.Validation;
import io.freshet.learning.spec.TrainingSpec.EarlyStopping;
import io.freshet.learning.spec.WatchSpec;
import org.jspecify.annotations.Nullable;

/**
 * The parts of a state that a key may never use: pending samples, ended windows, epochs, and detectors.
 *
 * <p>Most keys of a model with many keys are small, so a part that is not used yet takes no space. Its public accessor then
 * returns an empty part that is not stored; its package-private {@code use} method stores one first. This is a base class
 * because an object of its own would take more space in each key.
 */
abstract sealed class LazyParts permits LearnerState {
    private BatchShape batchShape;
    private @Nullable Batch pending;
    private final Tally window;
    private @Nullable Tally closed;
    private @Nullable EpochProgress epochProgress;
    private @Nullable Watcher watcher;

    LazyParts(Batch pending, Validation validation) {
        batchShape = pending.shape();
        this.pending = pending.size() == 0 ? null : pending;
        window = validation.window();
        closed = validation.closed().samples() == 0 ? null : validation.closed();
        epochProgress = validation.epochProgress().isStart() ? null : validation.epochProgress();
        watcher = validation.watcher().isUnused() ? null : validation.watcher();
    }

    /** Copies the parts. */
    LazyParts(LazyParts from) {
        batchShape = from.batchShape;
        pending = from.pending == null ? null : from.pending.copy();
        window = from.window.copy();
        closed = from.closed == null ? null : from.closed.copy();
        epochProgress = from.epochProgress == null ? null : from.epochProgress.copy();
        watcher = from.watcher == null ? null : from.watcher.copy();
    }

    /** Returns the pending batch. */
    public Batch pending() {
        return pending == null ? new Batch(batchShape) : pending;
    }

    /** Uses the shape of an empty pending batch that other keys also use. */
    void batchShape(BatchShape shape) {
        // Storing a reference costs a barrier of the garbage collector, even if it is the same.
        if (pending == null && batchShape != shape) {
            batchShape = shape;
        }
    }

    /** Returns the number of pending samples. */
    int pendingSize() {
        return pending == null ? 0 : pending.size();
    }

    /** Returns the pending batch, to add samples to. */
    Batch usePending() {
        if (pending == null) {
            pending = new Batch(batchShape);
        }
        return pending;
    }

    /** Returns the metrics of the open window. */
    public Tally window() {
        return window;
    }

    /** Returns the metrics of all ended windows. */
    public Tally closed() {
        return closed == null ? window.empty() : closed;
    }

    /** Returns a new tally of the metrics since the start, summed window by window. */
    public Tally total() {
        Tally total = closed == null ? window.empty() : closed.copy();
        total.add(window);
        return total;
    }

    /** Returns the size of the pending batch in bytes. */
    long pendingBytes() {
        return pending == null ? 0 : pending.bytes();
    }

    /** Adds the window to the ended ones, and clears it and the events. */
    void closeWindow() {
        if (closed == null) {
            closed = window.empty();
        }
        closed.add(window);
        window.clear();
        if (watcher != null) {
            watcher.clearEvents();
        }
    }

    public EpochProgress epochProgress() {
        return epochProgress == null ? EpochProgress.start(window.empty()) : epochProgress;
    }

    /** Returns the progress, to change it. */
    EpochProgress useEpochProgress() {
        if (epochProgress == null) {
            epochProgress = epochProgress();
        }
        return epochProgress;
    }

    /** Returns the current epoch, from 0. */
    int epoch() {
        return epochProgress == null ? 0 : epochProgress.epoch();
    }

    /** Updates and returns whether learning has stopped, under the current specification. */
    boolean stops(EarlyStopping stopping) {
        return epochProgress != null && epochProgress.stops(stopping);
    }

    /** Returns the detectors, and the events since the last window ended. */
    public Watcher watcher() {
        return watcher == null ? new Watcher() : watcher;
    }

    /** Uses the detectors of a specification, once the first of them is used. */
    void attach(WatchSpec spec) {
        if (watcher != null) {
            watcher.attach(spec);
        }
    }

    /** Returns the detectors of a specification, to update them. */
    Watcher useWatcher(WatchSpec spec) {
        if (watcher == null) {
            watcher = new Watcher();
        }
        watcher.attach(spec);
        return watcher;
    }

    /** Restarts the detectors of windows. */
    void forgetWindows() {
        if (watcher != null) {
            watcher.forgetWindows();
        }
    }
}
