package io.freshet.learning.replica;

import io.freshet.learning.learner.LearnerState;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The merged state of a model, and the contributions that it lacks. Changed by {@link Reducer}. */
public final class ReducerState {
    final List<Source> sources = new ArrayList<>();
    /** Slots of the merge itself, by block; none for a block that no round has changed. */
    final Map<Integer, float[][]> slots = new HashMap<>();

    /** Null if restored from a release in which specifications could not change. */
    @Nullable RoundSpecs specs;

    LearnerState merged;
    /** The last round that was closed. */
    long round;

    /** What the reducer knows of a replica. */
    static final class Source {
        final ReplicaRounds rounds;
        /** Contributions that are not merged, in order. */
        final Deque<Contribution> pending = new ArrayDeque<>();
        /** Whether a round was closed without the replica, which has contributed nothing since. */
        boolean silent;

        boolean ended;

        Source(ReplicaRounds rounds) {
            this.rounds = rounds;
        }
    }

    ReducerState(LearnerState merged) {
        this.merged = merged;
    }

    /** Replaces the merged state with an equal one. */
    public void merged(LearnerState equal) {
        merged = equal;
    }

    /** Returns the merged state, for publication; it may change when a round closes. */
    public LearnerState merged() {
        return merged;
    }

    /** Returns the last round that a replica contributed, 0 before the first. */
    public long lastContributed(int replica) {
        return sources.get(replica).rounds.last();
    }

    /** Returns the number of replicas. */
    public int replicas() {
        return sources.size();
    }

    /** Returns whether all replicas have ended, and everything they contributed is merged. */
    public boolean isFinished() {
        return sources.stream().allMatch(source -> source.ended && source.pending.isEmpty());
    }

    /** Returns the number of the last closed round. */
    public long round() {
        return round;
    }
}
