package io.freshet.learning.learner;

import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.model.Batch;

/**
 * All that one model has learned and will need to go on: what a checkpoint holds for one key.
 *
 * <p>{@link #weights} is flat: {@code [parameters | slot 0 | slot 1 ...]}, so that a snapshot is its prefix. A learner
 * changes it in place; {@link #copy} shares nothing with it.
 */
public final class LearnerState {
    private final float[] weights;
    private final double[] moments;
    private final Batch pending;
    private final Tally window;
    private final Tally total;
    private final Lineage lineage;
    private long samples;
    private long updates;
    private long rejected;
    private long windows;

    LearnerState(
            float[] weights,
            double[] moments,
            Batch pending,
            Tally window,
            Tally total,
            Lineage lineage,
            long samples,
            long updates,
            long rejected,
            long windows) {
        this.weights = weights;
        this.moments = moments;
        this.pending = pending;
        this.window = window;
        this.total = total;
        this.lineage = lineage;
        this.samples = samples;
        this.updates = updates;
        this.rejected = rejected;
        this.windows = windows;
    }

    /** Returns parameters and slots, length parameters * (1 + slots). */
    public float[] weights() {
        return weights;
    }

    /** Returns the running moments of the numeric features, as {@code Moments} lays them out. */
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

    /** Returns the metrics since the start. */
    public Tally total() {
        return total;
    }

    public Lineage lineage() {
        return lineage;
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
    public void nextWindow() {
        windows++;
        window.clear();
    }

    void learned(Batch batch) {
        for (int i = 0; i < batch.size(); i++) {
            lineage.learned(batch.partition(i), batch.offset(i), batch.eventTime(i));
        }
        samples += batch.size();
        updates++;
    }

    void rejectedOne() {
        rejected++;
    }

    public LearnerState copy() {
        return new LearnerState(
                weights.clone(),
                moments.clone(),
                pending.copy(),
                window.copy(),
                total.copy(),
                lineage.copy(),
                samples,
                updates,
                rejected,
                windows);
    }
}
