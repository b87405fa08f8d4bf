package io.freshet.learning.learner;

import io.freshet.learning.evaluation.Metrics;
import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.evaluation.UpdateTally;
import io.freshet.learning.features.Lineage;
import io.freshet.learning.features.Sample;
import io.freshet.learning.features.Stage;
import io.freshet.learning.learner.StateParts.Counts;
import io.freshet.learning.learner.StateParts.Learned;
import io.freshet.learning.learner.StateParts.Validation;
import io.freshet.learning.model.Batch;
import io.freshet.learning.model.BatchShape;
import io.freshet.learning.model.Gradient;
import io.freshet.learning.model.LeadingEntries;
import io.freshet.learning.model.StateLayout;
import io.freshet.learning.model.Weights;
import io.freshet.learning.predict.Clamp;
import io.freshet.learning.spec.TrainingSpec.EarlyStopping;
import io.freshet.learning.spec.WatchSpec;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a model key has learned and needs to continue learning; saved in checkpoints.
 *
 * <p>A learner changes {@link #weights} in place; {@link #copy} shares nothing with the original.
 *
 * <p>Most keys of a model with many keys are small, so {@link RareParts} that are not used yet take no space. The accessor of such a
 * part then returns an empty one that is not stored; its {@code use} method stores one first.
 */
public final class LearnerState {
    private BatchShape batchShape;
    private final Tally window;
    private RareParts rare;
    private Weights weights;
    private double[] moments;
    private final UpdateTally updateWindow;
    private final Lineage lineage;
    private long samples;
    private long updates;

    public LearnerState(Learned learned, Batch pending, Validation validation, Lineage lineage, Counts counts) {
        batchShape = pending.shape();
        window = validation.window();
        rare = RareParts.of(learned, pending, validation, counts);
        weights = learned.weights();
        moments = learned.moments();
        updateWindow = validation.updateWindow();
        this.lineage = lineage;
        samples = counts.samples();
        updates = counts.updates();
    }

    private LearnerState(
            LearnerState from, Weights weights, @Nullable SavedState lastGood, @Nullable SavedState savedBest) {
        batchShape = from.batchShape;
        window = from.window.copy();
        rare = from.rare.copy(lastGood, savedBest);
        this.weights = weights;
        moments = from.moments.clone();
        updateWindow = from.updateWindow.copy();
        lineage = from.lineage.copy();
        samples = from.samples;
        updates = from.updates;
    }

    private RareParts use() {
        if (rare == RareParts.NONE) {
            rare = RareParts.unused();
        }
        return rare;
    }

    /** Returns the pending batch. */
    public Batch pending() {
        return rare.pending == null ? new Batch(batchShape) : rare.pending;
    }

    /** Uses the shape of an empty pending batch that other keys also use. */
    public void batchShape(BatchShape shape) {
        // Storing a reference costs a barrier of the garbage collector, even if it is the same.
        if (batchShape != shape && rare.pending == null) {
            batchShape = shape;
        }
    }

    /** Returns the number of pending samples. */
    public int pendingSize() {
        return rare.pending == null ? 0 : rare.pending.size();
    }

    /** Returns the pending batch, to add samples to. */
    public Batch usePending() {
        RareParts parts = use();
        if (parts.pending == null) {
            parts.pending = new Batch(batchShape);
        }
        return parts.pending;
    }

    /** Returns the metrics of the open window. */
    public Tally window() {
        return window;
    }

    /** Returns the metrics of all ended windows. */
    public Tally closed() {
        return rare.closed == null ? window.empty() : rare.closed;
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
        return rare.windows;
    }

    /** Returns the count of optimizer steps of other replicas of the model that are part of the parameters. */
    public long otherUpdates() {
        return rare.otherUpdates;
    }

    /** Returns the count of samples rejected for their gradients. */
    public long rejected() {
        return rare.rejected;
    }

    /** Returns the count of learned samples that only changed the label of an earlier one. */
    public long corrections() {
        return rare.corrections;
    }

    /** Returns the predictions whose labels are not final; null if nothing was ever added or taken. */
    public @Nullable OpenPredictions openPredictions() {
        return rare.open == null || rare.open.isUnused() ? null : rare.open;
    }

    /** Drops the predictions whose labels are not final, and their counts. */
    public void dropOpenPredictions() {
        if (rare.open != null) {
            rare.open = null;
        }
    }

    /**
     * Returns the predictions whose labels are not final, to add and take some.
     *
     * @param outputs logits of a prediction
     */
    public OpenPredictions useOpenPredictions(int outputs) {
        RareParts parts = use();
        if (parts.open == null) {
            parts.open = new OpenPredictions(outputs);
        }
        return parts.open;
    }

    public EpochProgress epochProgress() {
        return rare.epochProgress == null ? EpochProgress.start(window.empty()) : rare.epochProgress;
    }

    /** Returns the progress, to change it. */
    public EpochProgress useEpochProgress() {
        RareParts parts = use();
        if (parts.epochProgress == null) {
            parts.epochProgress = epochProgress();
        }
        return parts.epochProgress;
    }

    /** Returns the current epoch, from 0. */
    public int epoch() {
        return rare.epochProgress == null ? 0 : rare.epochProgress.epoch();
    }

    /** Updates and returns whether learning has stopped, under the current specification. */
    public boolean stops(EarlyStopping stopping) {
        return rare.epochProgress != null && rare.epochProgress.stops(stopping);
    }

    /** Returns the detectors, and the events since the last window ended. */
    public Watcher watcher() {
        return rare.watcher == null ? new Watcher() : rare.watcher;
    }

    /** Uses the detectors of a specification, once the first of them is used. */
    public void attach(WatchSpec spec) {
        if (rare.watcher != null) {
            rare.watcher.attach(spec);
        }
    }

    /** Returns the detectors of a specification, to update them. */
    public Watcher useWatcher(WatchSpec spec) {
        RareParts parts = use();
        if (parts.watcher == null) {
            parts.watcher = new Watcher();
        }
        parts.watcher.attach(spec);
        return parts.watcher;
    }

    /** Restarts the detectors of windows. An unused watcher would not be restored from a checkpoint either. */
    private void forgetWindows() {
        if (rare.watcher != null) {
            rare.watcher.forgetWindows();
            rare.watcher = rare.watcher.isUnused() ? null : rare.watcher;
        }
    }

    /** Returns the state that the {@code revert} policy returns to, or null. */
    public @Nullable SavedState lastGood() {
        return rare.lastGood;
    }

    /** Returns the state after the best epoch, or null. */
    public @Nullable SavedState savedBest() {
        return rare.savedBest;
    }

    private void saved(@Nullable SavedState good, @Nullable SavedState best) {
        if (good != rare.lastGood || best != rare.savedBest) {
            use().lastGood = good;
            use().savedBest = best;
        }
    }

    /** Returns the memory of the optimizer or the schedule. */
    public double[] updateMemory() {
        return rare.updateMemory;
    }

    public void updateMemory(double[] memory) {
        if (memory.length > 0 || rare.updateMemory.length > 0) {
            use().updateMemory = memory;
        }
    }

    /** Returns the range of the labels learned by a model that limits its predictions, as in {@link Clamp}. */
    public double[] labelRange() {
        return rare.labelRange;
    }

    public void labelRange(double[] range) {
        if (range.length > 0 || rare.labelRange.length > 0) {
            use().labelRange = range;
        }
    }

    /** Includes a label in {@link #labelRange}. */
    public void widenLabelRange(float[] labels, int at, int outputs) {
        use().labelRange = Clamp.widen(rare.labelRange, labels, at, outputs);
    }

    private void versions(long @Nullable [] versions) {
        if (versions != rare.blockVersions) {
            use().blockVersions = versions;
        }
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
    public void convert(StateLayout to) {
        if (layout() == to) {
            return;
        }
        if (layout().equals(to)) {
            // A restored state has a layout of its own; from now on, it shares that of the other keys.
            weights = weights.withLayout(to);
            return;
        }
        weights = weights.convert(to);
        saved(map(lastGood(), saved -> saved.convert(to)), map(savedBest(), saved -> saved.convert(to)));
        replacedBlocks(samples);
    }

    private static @Nullable SavedState map(@Nullable SavedState saved, UnaryOperator<SavedState> change) {
        return saved == null ? null : change.apply(saved);
    }

    /** Returns the running moments of the numeric features, in the layout of {@code Moments}. */
    public double[] moments() {
        return moments;
    }

    public void moments(double[] replaced) {
        moments = replaced;
    }

    /** Returns the updates of the open window. */
    public UpdateTally updateWindow() {
        return updateWindow;
    }

    public Lineage lineage() {
        return lineage;
    }

    /** Returns the count of samples learned when each block of {@link #layout} last changed. */
    public long[] blockVersions() {
        long[] versions = rare.blockVersions;
        return versions == null ? new long[] {samples} : versions;
    }

    /** Returns the versions to change; null if there is a single block, which changed with the last sample learned. */
    private long @Nullable [] changeVersions() {
        long[] versions = rare.blockVersions;
        if (versions != null && versions.length == 1) {
            versions = null;
            versions(null);
        }
        return versions;
    }

    /** Records that every block changed. */
    private void replacedBlocks(long version) {
        long[] versions = blockVersions();
        BlockVersions.replaced(versions, version);
        versions(versions.length == 1 && version == samples ? null : versions);
    }

    /** Returns the version of a snapshot taken now: the count of samples learned, and of returns to the best epoch. */
    public long samples() {
        return samples;
    }

    /** Returns the count of optimizer steps. */
    public long updates() {
        return updates;
    }

    /** Adds the window to the ended ones, and clears it and the events; the next sample starts a new one. */
    public void nextWindow() {
        RareParts parts = use();
        parts.windows++;
        if (parts.closed == null) {
            parts.closed = window.empty();
        }
        parts.closed.add(window);
        window.clear();
        if (parts.watcher != null) {
            parts.watcher.clearEvents();
        }
        updateWindow.clear();
        lineage.nextWindow();
    }

    /** Saves this state as the one to revert to. */
    public void saveLastGood() {
        SavedState lastGood = lastGood();
        if (lastGood == null) {
            saved(SavedState.of(this), savedBest());
        } else if (lastGood.samples() < samples) {
            saved(lastGood.later(this), savedBest());
        }
    }

    public void clearLastGood() {
        saved(null, savedBest());
    }

    /** Saves this state as that of the best epoch. */
    public void saveBest() {
        SavedState best = savedBest();
        saved(lastGood(), best == null ? SavedState.of(this) : best.later(this));
    }

    /**
     * Reverts to the best epoch, unless this is its state. That counts as one more version: readers ignore a version that they
     * have, and the one before may have been published.
     */
    public void restoreBest() {
        SavedState best = savedBest();
        if (best == null || best.samples() == samples) {
            return;
        }
        revert(best);
        forgetWindows();
        samples++;
        replacedBlocks(samples);
        saved(lastGood(), best.at(samples));
    }

    public void clearSaved() {
        saved(null, null);
    }

    /** Reverts to an earlier state. The counts of samples, the metrics, and the lineage continue. */
    public void revert(SavedState good) {
        good.restore(this);
        updateMemory(good.updateMemory().clone());
        updates = good.updates();
        long[] versions = rare.blockVersions;
        if (versions != null) {
            BlockVersions.replacedSince(versions, good.samples(), samples);
        }
        lineage.undo(good.samples(), samples);
    }

    /** Records a batch that was learned by one step along a gradient. */
    public void learned(Batch batch, Gradient gradient) {
        learned(batch);
        long[] versions = changeVersions();
        if (versions != null) {
            BlockVersions.updated(versions, layout(), gradient, samples);
        }
    }

    /** Records a batch of which each sample changed the rows of its entries. */
    public void learnedRows(Batch batch) {
        learned(batch);
        long[] versions = changeVersions();
        if (versions != null && batch.size() > 0) {
            BlockVersions.updated(versions, layout(), batch.rows(), batch.from(0), batch.to(batch.size() - 1), samples);
        }
    }

    /** Records a sample that was learned in place, by one step along the gradient of its entries. */
    public void learned(Sample sample, LeadingEntries leading) {
        lineage.learned(sample.partition(), sample.offset(), sample.eventTime());
        samples++;
        if (sample.stage() == Stage.CHANGED) {
            use().corrections++;
        }
        long[] versions = changeVersions();
        if (versions != null) {
            BlockVersions.updatedFirst(versions, layout(), leading.count(), samples);
            BlockVersions.updated(versions, layout(), sample.rows(), 0, sample.rows().length, samples);
        }
    }

    /** Records a batch whose update changed every parameter. */
    public void learnedAll(Batch batch) {
        learned(batch);
        replacedBlocks(samples);
    }

    private void learned(Batch batch) {
        for (int i = 0; i < batch.size(); i++) {
            lineage.learned(batch.partition(i), batch.offset(i), batch.eventTime(i));
        }
        samples += batch.size();
        if (batch.isRevised()) {
            use().corrections += batch.changed();
        }
    }

    /** Records that all parameters were replaced, so that predictions are no longer theirs, and the optimizer starts from scratch. */
    public void rebased(double[] initialMemory) {
        updates = 0;
        OpenPredictions open = openPredictions();
        if (open != null) {
            open.clear();
        }
        if (rare.otherUpdates > 0) {
            rare.otherUpdates = 0;
        }
        updateMemory(initialMemory);
        forgetWindows();
        replacedBlocks(samples + 1);
    }

    public void updated() {
        updates++;
    }

    public void reject() {
        use().rejected++;
        updateWindow.addRejected();
    }

    /** Returns the size in bytes of the large parts: weights, saved weights, pending batch, and open predictions. */
    public long bytes() {
        return weights.bytes() + rare.bytes();
    }

    public LearnerState copy() {
        return with(weights.copy(), map(lastGood(), SavedState::copy), map(savedBest(), SavedState::copy));
    }

    /** Returns a copy without parameters and slots, the saved ones included, which are stored elsewhere. */
    public LearnerState withoutWeights() {
        return with(
                Weights.absent(layout()),
                map(lastGood(), SavedState::withoutWeights),
                map(savedBest(), SavedState::withoutWeights));
    }

    /** Returns a copy with other parameters and slots and other saved states, which are not copied. */
    public LearnerState with(Weights replaced, @Nullable SavedState lastGood, @Nullable SavedState savedBest) {
        return new LearnerState(this, replaced, lastGood, savedBest);
    }
}
