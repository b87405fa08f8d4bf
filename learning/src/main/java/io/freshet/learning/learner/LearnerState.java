package io.freshet.learning.learner;

import io.freshet.learning.batch.Batch;
import io.freshet.learning.batch.LeadingEntries;
import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.evaluation.UpdateTally;
import io.freshet.learning.features.Sample;
import io.freshet.learning.lineage.Lineage;
import io.freshet.learning.parameters.Gradient;
import io.freshet.learning.parameters.StateLayout;
import io.freshet.learning.parameters.Weights;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a model key has learned and needs to continue learning; saved in checkpoints.
 *
 * <p>A learner changes {@link #weights} in place; {@link #copy} shares nothing with the original.
 */
public final class LearnerState {
    private Weights weights;
    private final double[] moments;
    private double[] scheduleMemory;
    private final BlockVersions blockVersions;
    private @Nullable LastGoodState lastGood;
    private final Batch pending;
    private final Tally window;
    private final Tally closed;
    private final UpdateTally updateWindow;
    private final EpochProgress epochProgress;
    private final Watcher watcher;
    private final Lineage lineage;
    private long samples;
    private long updates;
    private long rejected;
    private long windows;

    /**
     * The learned numbers.
     *
     * @param moments running moments of the numeric features
     * @param scheduleMemory state of the learning-rate schedule
     * @param blockVersions count of samples learned when each block of the weights last changed
     * @param lastGood the state that the {@code revert} policy returns to, or null
     */
    public record Learned(
            Weights weights,
            double[] moments,
            double[] scheduleMemory,
            long[] blockVersions,
            @Nullable LastGoodState lastGood) {}

    /**
     * Progressive validation, and the state that depends on it.
     *
     * @param window metrics of the open window
     * @param closed metrics of all earlier windows
     * @param updateWindow updates of the open window
     */
    public record Validation(
            Tally window, Tally closed, UpdateTally updateWindow, EpochProgress epochProgress, Watcher watcher) {
        private Validation copy() {
            return new Validation(
                    window.copy(), closed.copy(), updateWindow.copy(), epochProgress.copy(), watcher.copy());
        }
    }

    /**
     * Counts since the start.
     *
     * @param samples learned samples
     * @param updates optimizer steps
     * @param rejected samples rejected for their gradients
     * @param windows ended windows
     */
    public record Counts(long samples, long updates, long rejected, long windows) {
        static final Counts ZERO = new Counts(0, 0, 0, 0);
    }

    public LearnerState(Learned learned, Batch pending, Validation validation, Lineage lineage, Counts counts) {
        weights = learned.weights();
        moments = learned.moments();
        scheduleMemory = learned.scheduleMemory();
        blockVersions = new BlockVersions(weights.layout(), learned.blockVersions());
        lastGood = learned.lastGood();
        this.pending = pending;
        window = validation.window();
        closed = validation.closed();
        updateWindow = validation.updateWindow();
        epochProgress = validation.epochProgress();
        watcher = validation.watcher();
        this.lineage = lineage;
        samples = counts.samples();
        updates = counts.updates();
        rejected = counts.rejected();
        windows = counts.windows();
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
        StateLayout layout = weights.layout();
        if (layout != to && !layout.equals(to)) {
            weights = weights.convert(to);
            if (lastGood != null) {
                lastGood.convert(to);
            }
            blockVersions.replaced(samples);
        }
    }

    /** Returns the running moments of the numeric features, in the layout of {@code Moments}. */
    public double[] moments() {
        return moments;
    }

    /** Returns the pending batch. */
    public Batch pending() {
        return pending;
    }

    /** Returns the metrics of the open window. */
    public Tally window() {
        return window;
    }

    /** Returns the metrics of all ended windows. */
    public Tally closed() {
        return closed;
    }

    /** Returns a new tally of the metrics since the start, summed window by window. */
    public Tally total() {
        Tally total = closed.copy();
        total.add(window);
        return total;
    }

    /** Returns the updates of the open window. */
    public UpdateTally updateWindow() {
        return updateWindow;
    }

    public EpochProgress epochProgress() {
        return epochProgress;
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
        return watcher;
    }

    public Lineage lineage() {
        return lineage;
    }

    /** Returns the count of samples learned when each block of {@link #layout} last changed. */
    public long[] blockVersions() {
        return blockVersions.versions();
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
        closed.add(window);
        window.clear();
        updateWindow.clear();
        watcher.clearEvents();
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
        blockVersions.replacedSince(good.samples(), samples);
        lineage.undo(good.samples(), samples);
    }

    /** Records a batch that was learned by one step along a gradient. */
    void learned(Batch batch, Gradient gradient) {
        learned(batch);
        blockVersions.updated(gradient, samples);
    }

    /** Records a sample that was learned in place, by one step along the gradient of its entries. */
    void learned(Sample sample, LeadingEntries leading) {
        lineage.learned(sample.partition(), sample.offset(), sample.eventTime());
        samples++;
        blockVersions.updatedFirst(leading.count(), samples);
        blockVersions.updated(sample.rows(), 0, sample.rows().length, samples);
    }

    /** Records a batch whose update changed every parameter. */
    void learnedAll(Batch batch) {
        learned(batch);
        blockVersions.replaced(samples);
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
        blockVersions.replaced(samples + 1);
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
        return weights.bytes() + (lastGood == null ? 0 : lastGood.weights().bytes()) + pending.bytes();
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
        return new LearnerState(
                new Learned(
                        replaced,
                        moments.clone(),
                        scheduleMemory.clone(),
                        blockVersions.versions().clone(),
                        lastGood == null ? null : lastGood.copy()),
                pending.copy(),
                new Validation(window, closed, updateWindow, epochProgress, watcher).copy(),
                lineage.copy(),
                new Counts(samples, updates, rejected, windows));
    }
}
