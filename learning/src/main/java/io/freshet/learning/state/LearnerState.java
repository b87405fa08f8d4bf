package io.freshet.learning.state;

import io.freshet.learning.batch.Batch;
import io.freshet.learning.batch.LeadingEntries;
import io.freshet.learning.evaluation.UpdateTally;
import io.freshet.learning.features.Sample;
import io.freshet.learning.features.Stage;
import io.freshet.learning.lineage.Lineage;
import io.freshet.learning.parameters.Gradient;
import io.freshet.learning.parameters.StateLayout;
import io.freshet.learning.parameters.Weights;
import io.freshet.learning.state.StateParts.Counts;
import io.freshet.learning.state.StateParts.Learned;
import io.freshet.learning.state.StateParts.Validation;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a model key has learned and needs to continue learning; saved in checkpoints.
 *
 * <p>A learner changes {@link #weights} in place; {@link #copy} shares nothing with the original.
 */
public final class LearnerState extends LazyParts {
    private Weights weights;
    private double[] moments;
    private final UpdateTally updateWindow;
    private final Lineage lineage;
    private long samples;
    private long updates;

    public LearnerState(Learned learned, Batch pending, Validation validation, Lineage lineage, Counts counts) {
        super(learned, pending, validation, counts);
        weights = learned.weights();
        moments = learned.moments();
        updateWindow = validation.updateWindow();
        this.lineage = lineage;
        samples = counts.samples();
        updates = counts.updates();
    }

    private LearnerState(
            LearnerState from, Weights weights, @Nullable SavedState lastGood, @Nullable SavedState savedBest) {
        super(from);
        lastGood(lastGood);
        savedBest(savedBest);
        this.weights = weights;
        moments = from.moments.clone();
        updateWindow = from.updateWindow.copy();
        lineage = from.lineage.copy();
        samples = from.samples;
        updates = from.updates;
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
        lastGood(map(lastGood(), saved -> saved.convert(to)));
        savedBest(map(savedBest(), saved -> saved.convert(to)));
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
        long[] versions = storedVersions();
        return versions == null ? new long[] {samples} : versions;
    }

    /** Returns the versions to change; null if there is a single block, which changed with the last sample learned. */
    private long @Nullable [] changeVersions() {
        long[] versions = storedVersions();
        if (versions != null && versions.length == 1) {
            versions = null;
            storedVersions(null);
        }
        return versions;
    }

    /** Records that every block changed. */
    private void replacedBlocks(long version) {
        long[] versions = blockVersions();
        BlockVersions.replaced(versions, version);
        storedVersions(versions.length == 1 && version == samples ? null : versions);
    }

    /** Returns the version of a snapshot taken now: the count of samples learned, and of returns to the best epoch. */
    public long samples() {
        return samples;
    }

    /** Returns the count of optimizer steps. */
    public long updates() {
        return updates;
    }

    /** Closes the window; the next sample starts a new one. */
    public void nextWindow() {
        closeWindow();
        updateWindow.clear();
        lineage.nextWindow();
    }

    /** Saves this state as the one to revert to. */
    public void saveLastGood() {
        SavedState lastGood = lastGood();
        if (lastGood == null) {
            lastGood(SavedState.of(this));
        } else if (lastGood.samples() < samples) {
            lastGood(lastGood.later(this));
        }
    }

    public void clearLastGood() {
        lastGood(null);
    }

    /** Saves this state as that of the best epoch. */
    public void saveBest() {
        SavedState best = savedBest();
        savedBest(best == null ? SavedState.of(this) : best.later(this));
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
        savedBest(best.at(samples));
    }

    public void clearSaved() {
        lastGood(null);
        savedBest(null);
    }

    /** Reverts to an earlier state. The counts of samples, the metrics, and the lineage continue. */
    public void revert(SavedState good) {
        good.restore(this);
        updateMemory(good.updateMemory().clone());
        updates = good.updates();
        long[] versions = storedVersions();
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
            addCorrections(1);
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
            addCorrections(batch.changed());
        }
    }

    /** Records that all parameters were replaced, so that predictions are no longer theirs, and the optimizer starts from scratch. */
    public void rebased(double[] initialMemory) {
        updates = 0;
        OpenPredictions open = openPredictions();
        if (open != null) {
            open.clear();
        }
        clearOtherUpdates();
        updateMemory(initialMemory);
        forgetWindows();
        replacedBlocks(samples + 1);
    }

    public void updated() {
        updates++;
    }

    public void reject() {
        addRejected();
        updateWindow.addRejected();
    }

    /** Returns the size in bytes of the large parts: weights, saved weights, pending batch, and open predictions. */
    public long bytes() {
        return weights.bytes() + bytes(lastGood()) + bytes(savedBest()) + pendingBytes() + openBytes();
    }

    private static long bytes(@Nullable SavedState saved) {
        return saved == null ? 0 : saved.weights().bytes();
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
