package io.freshet.learning.learner;

import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.spec.TrainingSpec.EarlyStopping;
import org.jspecify.annotations.Nullable;

/** The current epoch, the holdout loss, and early stopping. A live stream stays in epoch 0 and never stops. */
public final class EpochProgress {
    private final Tally holdout;
    private int epoch;
    private int epochsWithoutImprovement;
    private double bestLoss;
    private boolean stopped;
    private @Nullable Best best;

    /**
     * The epoch with the lowest holdout loss.
     *
     * @param epoch from 0
     * @param holdout metrics of its held-out samples
     */
    public record Best(int epoch, Tally holdout) {
        Best copy() {
            return new Best(epoch, holdout.copy());
        }
    }

    /**
     * @param holdout metrics of the held-out samples of this epoch
     * @param epoch from 0
     * @param bestLoss smallest holdout loss that was an improvement, infinite before the first
     * @param epochsWithoutImprovement count of consecutive epochs
     * @param stopped whether learning has stopped early
     * @param best of the earlier epochs; null before the first with held-out samples
     */
    public EpochProgress(
            Tally holdout,
            int epoch,
            double bestLoss,
            int epochsWithoutImprovement,
            boolean stopped,
            @Nullable Best best) {
        this.holdout = holdout;
        this.epoch = epoch;
        this.bestLoss = bestLoss;
        this.epochsWithoutImprovement = epochsWithoutImprovement;
        this.stopped = stopped;
        this.best = best;
    }

    public static EpochProgress start(Tally holdout) {
        return new EpochProgress(holdout, 0, Double.POSITIVE_INFINITY, 0, false, null);
    }

    /** Returns whether nothing has happened since {@link #start}. */
    boolean isStart() {
        return epoch == 0
                && epochsWithoutImprovement == 0
                && bestLoss == Double.POSITIVE_INFINITY
                && !stopped
                && best == null
                && holdout.samples() == 0;
    }

    /** Updates and returns whether learning has stopped, under the current specification. */
    boolean stops(EarlyStopping stopping) {
        stopped = stopping.patience() > 0 && epochsWithoutImprovement >= stopping.patience();
        return stopped;
    }

    /**
     * Ends the epoch and compares its holdout loss with the best one. The epoch does not advance after an early stop.
     *
     * @return whether the holdout loss was the lowest so far
     */
    public boolean nextEpoch(int next, EarlyStopping stopping) {
        if (stops(stopping)) {
            return false;
        }
        boolean isBest = isBest();
        if (isBest) {
            best = new Best(epoch, holdout.copy());
        }
        if (holdout.weight() > 0) {
            double loss = holdout.loss();
            if (loss < bestLoss - stopping.minimumImprovement()) {
                bestLoss = loss;
                epochsWithoutImprovement = 0;
            } else {
                epochsWithoutImprovement++;
            }
        }
        if (!stops(stopping)) {
            holdout.clear();
            epoch = next;
        }
        return isBest;
    }

    /** Returns whether the holdout loss of this epoch so far is lower than that of all earlier ones. */
    public boolean isBest() {
        return holdout.weight() > 0
                && (best == null || holdout.loss() < best.holdout().loss());
    }

    /** Returns the metrics of the held-out samples of this epoch. */
    public Tally holdout() {
        return holdout;
    }

    public int epoch() {
        return epoch;
    }

    public double bestLoss() {
        return bestLoss;
    }

    public int epochsWithoutImprovement() {
        return epochsWithoutImprovement;
    }

    /** Returns the best of the earlier epochs; null before the first with held-out samples. */
    public @Nullable Best best() {
        return best;
    }

    /** Returns whether learning has stopped early. */
    public boolean stopped() {
        return stopped;
    }

    EpochProgress copy() {
        return new EpochProgress(
                holdout.copy(), epoch, bestLoss, epochsWithoutImprovement, stopped, best == null ? null : best.copy());
    }
}
