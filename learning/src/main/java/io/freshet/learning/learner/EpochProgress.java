package io.freshet.learning.learner;

import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.spec.TrainingSpec.EarlyStopping;

/**
 * How far a run of epochs has come: the epoch, the loss on the samples held out, and whether it is to learn on.
 *
 * <p>A live stream whose samples say no epoch stays in epoch 0 and never stops.
 */
public final class EpochProgress {
    private final Tally holdout;
    private int epoch;
    private int epochsWithoutImprovement;
    private double bestLoss;
    private boolean stopped;

    /**
     * @param holdout predictions of the samples held out, in this epoch
     * @param epoch from 0
     * @param bestLoss the least hold-out loss of an epoch, infinite before the first
     * @param epochsWithoutImprovement in a row
     * @param stopped whether it learns no more
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

    /** Whether it is to learn no more, by the specification as it is now. */
    boolean stops(EarlyStopping stopping) {
        stopped = stopping.patience() > 0 && epochsWithoutImprovement >= stopping.patience();
        return stopped;
    }

    /** Ends the epoch: compares its hold-out loss with the best so far; the epoch in which it stops is the last. */
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

    /** Returns how the samples held out were predicted in this epoch. */
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

    /** Whether early stopping has ended the learning. */
    public boolean stopped() {
        return stopped;
    }

    EpochProgress copy() {
        return new EpochProgress(holdout.copy(), epoch, bestLoss, epochsWithoutImprovement, stopped);
    }
}
