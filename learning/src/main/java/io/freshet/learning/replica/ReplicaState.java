package io.freshet.learning.replica;

import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.parameters.Weights;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a replica needs to continue learning. Changed by {@link Replica}.
 *
 * <p>Its size is bounded, however long the replica is silent. A round starts from point 0 or from a point that merged one of the
 * replica's own contributions ({@link ReplicaRounds#base}), and adopting a point overwrites blocks. So any other point is folded into
 * the next one that is received: of each block, the later values remain. A point that merged one of the own contributions before the
 * last {@code staleness + 1} is at most the base of the last round opened, and thus adopted. So at most {@code staleness + 1} bases
 * and one other point remain, plus one for each round that the replica learns again after a failure. Pinned by {@code
 * SilentReplicaTest}.
 */
public final class ReplicaState {
    final int number;
    final ReplicaRounds rounds;
    /** The last point adopted: the parameters, and the slots if they are merged. */
    final Weights merged;

    /** Points that were received but not adopted: see {@link #receive}. */
    final Deque<MergedPoint> received = new ArrayDeque<>();
    /** Contributions that the last point adopted lacks, in order. */
    final List<Contribution> unmerged = new ArrayList<>();

    /** Null unless the replica contributes gradients. */
    final @Nullable GradientSum gradients;

    LearnerState learner;
    /** The counts and moments of the last point adopted. */
    MergedPoint.Counts counts;

    /** Null if restored from bytes of version 1 or 2, which had none. */
    @Nullable RoundSpecs specs;

    /** Null unless contributions are rounded. */
    @Nullable RoundingErrors errors;

    double[] mergedMoments;
    double[] scheduleMemory;
    /** The number of the last point received. */
    long lastReceived;
    /** Null between rounds. */
    @Nullable OpenRound open;

    /**
     * The round that is being learned.
     *
     * @param number of the round
     * @param moments of its samples alone; changed in place
     * @param start counts of the replica when it opened
     */
    record OpenRound(long number, double[] moments, Contribution.Counts start) {}

    ReplicaState(
            int number,
            ReplicaRounds rounds,
            Weights merged,
            @Nullable GradientSum gradients,
            LearnerState learner,
            MergedPoint.Counts counts) {
        this.gradients = gradients;
        this.number = number;
        this.rounds = rounds;
        this.merged = merged;
        this.learner = learner;
        this.counts = counts;
        mergedMoments = learner.moments().clone();
        scheduleMemory = learner.scheduleMemory().clone();
    }

    /** Keeps a point until a round opens from it. One that no round of this replica can open from is folded into the next. */
    void receive(MergedPoint point) {
        MergedPoint last = received.peekLast();
        boolean isFolded = last != null && !last.has(number);
        if (isFolded) {
            received.removeLast();
        }
        received.add(isFolded ? point.after(last) : point);
    }

    /** Returns the number of the replica, from 0. */
    public int number() {
        return number;
    }

    /** Returns the number of the last merged point received, 0 before the first. */
    public long lastReceived() {
        return lastReceived;
    }

    /** Returns the state of the replica's learner, between samples. */
    public LearnerState learner() {
        return learner;
    }
}
