package io.freshet.learning.learner;

import io.freshet.learning.batch.Batch;
import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.evaluation.UpdateTally;
import io.freshet.learning.lineage.Lineage;
import io.freshet.learning.parameters.Gradient;
import io.freshet.learning.parameters.StateLayout;
import io.freshet.learning.parameters.Weights;
import org.jspecify.annotations.Nullable;

/**
 * All that one model has learned and will need to go on: what a checkpoint holds for one key.
 *
 * <p>A learner changes {@link #weights} in place; {@link #copy} shares nothing with it.
 */
public final class LearnerState {
    private Weights weights;
    private final double[] moments;
    private final Batch pending;
    private final Tally window;
    private final Tally closed;
    private final UpdateTally updateWindow;
    private final EpochProgress course;
    private final Watcher watcher;
    private final Lineage lineage;
    private final BlockVersions blockVersions;
    private @Nullable LastGoodState lastGood;
    private double[] scheduleMemory;
    private long samples;
    private long updates;
    private long rejected;
    private long windows;

    LearnerState(
            Weights weights,
            double[] moments,
            Batch pending,
            Tally window,
            Tally closed,
            UpdateTally updateWindow,
            EpochProgress course,
            double[] scheduleMemory,
            Watcher watcher,
            Lineage lineage,
            BlockVersions blockVersions,
            @Nullable LastGoodState lastGood,
            long samples,
            long updates,
            long rejected,
            long windows) {
        this.weights = weights;
        this.moments = moments;
        this.pending = pending;
        this.window = window;
        this.closed = closed;
        this.updateWindow = updateWindow;
        this.course = course;
        this.scheduleMemory = scheduleMemory;
        this.watcher = watcher;
        this.lineage = lineage;
        this.blockVersions = blockVersions;
        this.lastGood = lastGood;
        this.samples = samples;
        this.updates = updates;
        this.rejected = rejected;
        this.windows = windows;
    }

    /** Returns where parameters and slots stand in {@link #weights}. */
    public StateLayout layout() {
        return weights.layout();
    }

    /** Returns parameters and slots. */
    public Weights weights() {
        return weights;
    }

    /** Moves parameters and slots to where another layout has them. */
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

    /** Returns the running moments of the numbers, as {@code Moments} lays them out. */
    public double[] moments() {
        return moments;
    }

    /** Returns the samples of the batch that is not full yet. */
    public Batch pending() {
        return pending;
    }

    /** Returns the metrics of the window that is not full yet. */
    public Tally window() {
        return window;
    }

    /** Returns the metrics of all windows that are full. */
    Tally closed() {
        return closed;
    }

    /** Returns the metrics since the start, in a tally of their own: those of each window in turn, added up. */
    public Tally total() {
        Tally total = closed.copy();
        total.add(window);
        return total;
    }

    /** Returns how the updates of the window that is not full yet went. */
    public UpdateTally updateWindow() {
        return updateWindow;
    }

    /** Returns how far a run of epochs has come. */
    public EpochProgress course() {
        return course;
    }

    /** Returns what the learning-rate schedule remembers of the windows before. */
    public double[] scheduleMemory() {
        return scheduleMemory;
    }

    void scheduleMemory(double[] memory) {
        scheduleMemory = memory;
    }

    /** Returns what watches the model learn, and what it has found since the last window ended. */
    public Watcher watcher() {
        return watcher;
    }

    public Lineage lineage() {
        return lineage;
    }

    /** Returns, of each block of {@link #layout}, the samples learned when it last changed. */
    public long[] blockVersions() {
        return blockVersions.versions();
    }

    /** Returns how many samples the parameters have learned from: the version of a snapshot taken now. */
    public long samples() {
        return samples;
    }

    /** Returns how many times the optimizer has stepped. */
    public long updates() {
        return updates;
    }

    /** Returns how many samples were refused for their gradient. */
    public long rejected() {
        return rejected;
    }

    /** Returns how many windows are full. */
    public long windows() {
        return windows;
    }

    /** Ends the window: the next sample starts a new one. */
    void nextWindow() {
        windows++;
        closed.add(window);
        window.clear();
        updateWindow.clear();
        watcher.clearEvents();
        lineage.nextWindow();
    }

    @Nullable LastGoodState lastGood() {
        return lastGood;
    }

    /** Keeps what it is now, to go back to, or lets go of what was kept. */
    void keepGood(boolean keep) {
        if (!keep) {
            lastGood = null;
        } else if (lastGood == null) {
            lastGood = LastGoodState.of(this);
        } else if (lastGood.samples() < samples) {
            lastGood = lastGood.later(this);
        }
    }

    /** Goes back to what was; counts of samples, sums and lineage go on. */
    void revert(LastGoodState good) {
        good.restore(this);
        scheduleMemory = good.scheduleMemory().clone();
        updates = good.updates();
        blockVersions.replacedSince(good.samples(), samples);
        lineage.undo(good.samples(), samples);
    }

    /** Says that a batch is learned, by a step along a gradient. */
    void learned(Batch batch, Gradient gradient) {
        learned(batch);
        blockVersions.updated(gradient, samples);
    }

    /** Says that a batch is learned, and every parameter changed. */
    void learnedAnew(Batch batch) {
        learned(batch);
        blockVersions.replaced(samples);
    }

    private void learned(Batch batch) {
        for (int i = 0; i < batch.size(); i++) {
            lineage.learned(batch.partition(i), batch.offset(i), batch.eventTime(i));
        }
        samples += batch.size();
    }

    /** Says that all parameters are other ones from the next sample on, and that nothing of the optimizer's is left. */
    void restarted(double[] startOfSchedule) {
        updates = 0;
        scheduleMemory = startOfSchedule;
        blockVersions.replaced(samples + 1);
    }

    void updated() {
        updates++;
    }

    void rejectedOne() {
        rejected++;
        updateWindow.addRejected();
    }

    /** Returns how many bytes what may be large of it takes: weights, those to go back to, and the batch. */
    public long bytes() {
        return weights.bytes() + (lastGood == null ? 0 : lastGood.weights().bytes()) + pending.bytes();
    }

    public LearnerState copy() {
        return with(weights.copy());
    }

    /** Returns a copy without parameters and slots, which are kept elsewhere. */
    public LearnerState withoutWeights() {
        return with(Weights.absent(layout()));
    }

    /** Returns a copy with these parameters and slots, which it takes. */
    public LearnerState with(Weights replaced) {
        return new LearnerState(
                replaced,
                moments.clone(),
                pending.copy(),
                window.copy(),
                closed.copy(),
                updateWindow.copy(),
                course.copy(),
                scheduleMemory.clone(),
                watcher.copy(),
                lineage.copy(),
                blockVersions.copy(),
                lastGood == null ? null : lastGood.copy(),
                samples,
                updates,
                rejected,
                windows);
    }
}
