package io.freshet.learning.learner;

import io.freshet.learning.batch.Batch;
import io.freshet.learning.batch.BatchShape;
import io.freshet.learning.batch.LeadingEntries;
import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.evaluation.UpdateTally;
import io.freshet.learning.features.Sample;
import io.freshet.learning.learner.StateParts.Counts;
import io.freshet.learning.learner.StateParts.Learned;
import io.freshet.learning.learner.StateParts.Validation;
import io.freshet.learning.lineage.Lineage;
import io.freshet.learning.parameters.Gradient;
import io.freshet.learning.parameters.StateLayout;
import io.freshet.learning.parameters.Weights;
import io.freshet.learning.spec.TrainingSpec.EarlyStopping;
import io.freshet.learning.spec.WatchSpec;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a model key has learned and needs to continue learning; saved in checkpoints.
 *
 * <p>A learner changes {@link #weights} in place; {@link #copy} shares nothing with the original.
 *
 * <p>Most keys of a model with many keys are small, so a part that a key has not used yet takes no space: pending samples,
 * ended windows, epochs, and detectors. Its public accessor then returns an empty part that is not stored; its package-private
 * {@code use} method stores one first.
 */
public final class LearnerState {
    private Weights weights;
    private final double[] moments;
    private double[] scheduleMemory;
    private final long[] blockVersions;
    private @Nullable LastGoodState lastGood;
    private BatchShape batchShape;
    private @Nullable Batch pending;
    private final Tally window;
    private @Nullable Tally closed;
    private final UpdateTally updateWindow;
    private @Nullable EpochProgress epochProgress;
    private @Nullable Watcher watcher;
    private final Lineage lineage;
    private long samples;
    private long updates;
    private long rejected;
    private long windows;

    public LearnerState(Learned learned, Batch pending, Validation validation, Lineage lineage, Counts counts) {
        weights = learned.weights();
        moments = learned.moments();
        scheduleMemory = learned.scheduleMemory();
        blockVersions = learned.blockVersions();
        lastGood = learned.lastGood();
        batchShape = pending.shape();
        this.pending = pending.size() == 0 ? null : pending;
        window = validation.window();
        closed = validation.closed().samples() == 0 ? null : validation.closed();
        updateWindow = validation.updateWindow();
        epochProgress = validation.epochProgress().isStart() ? null : validation.epochProgress();
        watcher = validation.watcher().isUnused() ? null : validation.watcher();
        this.lineage = lineage;
        samples = counts.samples();
        updates = counts.updates();
        rejected = counts.rejected();
        windows = counts.windows();
    }

    private LearnerState(LearnerState from, Weights weights) {
        this.weights = weights;
        moments = from.moments.clone();
        scheduleMemory = from.scheduleMemory.length == 0 ? from.scheduleMemory : from.scheduleMemory.clone();
        blockVersions = from.blockVersions.clone();
        lastGood = from.lastGood == null ? null : from.lastGood.copy();
        batchShape = from.batchShape;
        pending = from.pending == null ? null : from.pending.copy();
        window = from.window.copy();
        closed = from.closed == null ? null : from.closed.copy();
        updateWindow = from.updateWindow.copy();
        epochProgress = from.epochProgress == null ? null : from.epochProgress.copy();
        watcher = from.watcher == null ? null : from.watcher.copy();
        lineage = from.lineage.copy();
        samples = from.samples;
        updates = from.updates;
        rejected = from.rejected;
        windows = from.windows;
    }

    /** Returns the layout of {@link #weights}. */
    public StateLayout layout() {
        return weights.layout();
    }

    /** Returns parameters and slots. */
    public Weights weights() {
        return weights;
    }

    /** Converts parameters and slots to another layout. */
    void convert(StateLayout to) {
        if (layout() == to) {
            return;
        }
        if (layout().equals(to)) {
            // A restored state has a layout of its own; from now on, it shares that of the other keys.
            weights = weights.withLayout(to);
            return;
        }
        weights = weights.convert(to);
        if (lastGood != null) {
            lastGood.convert(to);
        }
        BlockVersions.replaced(blockVersions, samples);
    }

    /** Returns the running moments of the numeric features, in the layout of {@code Moments}. */
    public double[] moments() {
        return moments;
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

    /** Returns the updates of the open window. */
    public UpdateTally updateWindow() {
        return updateWindow;
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

    /** Returns the state of the learning-rate schedule. */
    public double[] scheduleMemory() {
        return scheduleMemory;
    }

    void scheduleMemory(double[] memory) {
        scheduleMemory = memory;
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

    public Lineage lineage() {
        return lineage;
    }

    /** Returns the count of samples learned when each block of {@link #layout} last changed. */
    public long[] blockVersions() {
        return blockVersions;
    }

    /** Returns the count of samples learned, the version of a snapshot taken now. */
    public long samples() {
        return samples;
    }

    /** Returns the count of optimizer steps. */
    public long updates() {
        return updates;
    }

    /** Returns the count of samples rejected for their gradients. */
    public long rejected() {
        return rejected;
    }

    /** Returns the count of ended windows. */
    public long windows() {
        return windows;
    }

    /** Closes the window; the next sample starts a new one. */
    void nextWindow() {
        windows++;
        if (closed == null) {
            closed = window.empty();
        }
        closed.add(window);
        window.clear();
        updateWindow.clear();
        if (watcher != null) {
            watcher.clearEvents();
        }
        lineage.nextWindow();
    }

    /** Returns the state that the {@code revert} policy returns to, or null. */
    public @Nullable LastGoodState lastGood() {
        return lastGood;
    }

    /** Saves this state as the one to revert to. */
    void saveLastGood() {
        if (lastGood == null) {
            lastGood = LastGoodState.of(this);
        } else if (lastGood.samples() < samples) {
            lastGood = lastGood.later(this);
        }
    }

    void clearLastGood() {
        lastGood = null;
    }

    /** Reverts to an earlier state. The counts of samples, the metrics, and the lineage continue. */
    void revert(LastGoodState good) {
        good.restore(this);
        scheduleMemory = good.scheduleMemory().clone();
        updates = good.updates();
        BlockVersions.replacedSince(blockVersions, good.samples(), samples);
        lineage.undo(good.samples(), samples);
    }

    /** Records a batch that was learned by one step along a gradient. */
    void learned(Batch batch, Gradient gradient) {
        learned(batch);
        BlockVersions.updated(blockVersions, layout(), gradient, samples);
    }

    /** Records a sample that was learned in place, by one step along the gradient of its entries. */
    void learned(Sample sample, LeadingEntries leading) {
        lineage.learned(sample.partition(), sample.offset(), sample.eventTime());
        samples++;
        if (blockVersions.length == 1) {
            blockVersions[0] = samples;
        } else {
            BlockVersions.updatedFirst(blockVersions, layout(), leading.count(), samples);
            BlockVersions.updated(blockVersions, layout(), sample.rows(), 0, sample.rows().length, samples);
        }
    }

    /** Records a batch whose update changed every parameter. */
    void learnedAll(Batch batch) {
        learned(batch);
        BlockVersions.replaced(blockVersions, samples);
    }

    private void learned(Batch batch) {
        for (int i = 0; i < batch.size(); i++) {
            lineage.learned(batch.partition(i), batch.offset(i), batch.eventTime(i));
        }
        samples += batch.size();
    }

    /** Records that all parameters were replaced and the optimizer starts from scratch. */
    void rebased(double[] initialSchedule) {
        updates = 0;
        scheduleMemory = initialSchedule;
        if (watcher != null) {
            watcher.forgetWindows();
        }
        BlockVersions.replaced(blockVersions, samples + 1);
    }

    void updated() {
        updates++;
    }

    void reject() {
        rejected++;
        updateWindow.addRejected();
    }

    /** Returns the size in bytes of the large parts: weights, last good weights, and pending batch. */
    public long bytes() {
        return weights.bytes()
                + (lastGood == null ? 0 : lastGood.weights().bytes())
                + (pending == null ? 0 : pending.bytes());
    }

    public LearnerState copy() {
        return with(weights.copy());
    }

    /** Returns a copy without parameters and slots, which are stored elsewhere. */
    public LearnerState withoutWeights() {
        return with(Weights.absent(layout()));
    }

    /** Returns a copy with other parameters and slots, which are not copied. */
    public LearnerState with(Weights replaced) {
        return new LearnerState(this, replaced);
    }
}
