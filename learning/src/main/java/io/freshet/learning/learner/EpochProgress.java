package io.freshet.learning.learner;

import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.spec.TrainingSpec.EarlyStopping;

/** The current epoch, the holdout loss, and early stopping. A live stream stays in epoch 0 and never stops. */
public final class EpochProgress {
    private final Tally holdout;
    private int epoch;
    private int epochsWithoutImprovement;
    private double bestLoss;
    private boolean stopped;

    /**
     * @param holdout metrics of the held-out samples of this epoch
     * @param epoch from 0
     * @param bestLoss smallest holdout loss of any epoch, infinite before the first
     * @param epochsWithoutImprovement count of consecutive epochs
     * @param stopped whether learning has stopped early
     */
    public EpochProgress(Tally holdout, int epoch, double bestLoss, int epochsWithoutImprovement, boolean stopped) {
        this.holdout = holdout;
        this.epoch = epoch;
        this.bestLoss = bestLoss;
        this.epochsWithoutImprovement = epochsWithoutImprovement;
        this.stopped = stopped;
    }

    static EpochProgress start(Tally holdout) {
        return new EpochProgress(holdout, 0, Double.POSITIVE_INFINITY, 0, false);
    }

    /** Returns whether nothing has happened since {@link #start}. */
    boolean isStart() {
        return epoch == 0
                && epochsWithoutImprovement == 0
                && bestLoss == Double.POSITIVE_INFINITY
                && !stopped
                && holdout.samples() == 0;
    }

    /** Updates and returns whether learning has stopped, under the current specification. */
    boolean stops(EarlyStopping stopping) {
        stopped = stopping.patience() > 0 && epochsWithoutImprovement >= stopping.patience();
        return stopped;
    }

    /** Ends the epoch and compares its holdout loss with the best one. The epoch does not advance after an early stop. */
    void nextEpoch(int next, EarlyStopping stopping) {
        if (stops(stopping)) {
            return;
        }
        if (holdout.weight() > 0) {
            double loss = holdout.metrics().loss();
            if (loss < bestLoss - stopping.minimumImprovement()) {
                bestLoss = loss;
                epochsWithoutImprovement = 0;
            } else {
                epochsWithoutImprovement++;
            }
        }
        if (stops(stopping)) {
            return;
        }
        holdout.clear();
        epoch = next;
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

    /** Returns whether learning has stopped early. */
    public boolean stopped() {
        return stopped;
    }

    EpochProgress copy() {
        return new EpochProgress(holdout.copy(), epoch, bestLoss, epochsWithoutImprovement, stopped);
    }
}
