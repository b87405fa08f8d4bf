package io.freshet.learning.replica;

import io.freshet.learning.learner.LearnerState;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The merged state of a model, and the contributions that it lacks. Says who may be in the next round; {@link Reducer} merges it.
 *
 * <p>A round is complete once every replica that is due has contributed: {@link #isComplete}. It may be closed earlier, without
 * silent replicas. A contribution that missed its round is merged in the next.
 */
public final class ReducerState {
    final List<Source> sources = new ArrayList<>();
    /** Slots of the merge itself, by block; none for a block that no round has changed. */
    final Map<Integer, float[][]> slots = new HashMap<>();

    /** Null if restored from bytes of version 1, which had none. */
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

    /**
     * Returns whether the next contribution of a replica can be received. One that is read again after a failure may be from a
     * round that starts from a point that is not merged yet.
     */
    public boolean canReceive(int replica) {
        return sources.get(replica).rounds.canOpen();
    }

    /** Receives a contribution. One received again is ignored. */
    public void receive(Contribution contribution) {
        Source source = sources.get(contribution.member().replica());
        if (contribution.member().round() <= source.rounds.last()) {
            return;
        }
        source.pending.add(contribution);
        source.rounds.contributed(contribution.member().round());
        source.silent = false;
    }

    /** Records that a replica has no more samples. */
    public void end(int replica) {
        sources.get(replica).ended = true;
    }

    /** Returns whether the next round can close with all replicas that are due, and that is of use. */
    public boolean isComplete() {
        return awaited().isEmpty() && hasUnmerged();
    }

    /**
     * Returns whether there are contributions that are not merged. They may all be of later rounds, if a replica skipped rounds
     * after a late contribution; then the next round may close without any.
     */
    public boolean hasUnmerged() {
        return sources.stream().anyMatch(source -> !source.pending.isEmpty());
    }

    /** Returns the contributions that the next round can be closed with now: those received for it, and late ones. */
    public List<Member> available() {
        List<Member> members = new ArrayList<>();
        for (Source source : sources) {
            for (Contribution each : source.pending) {
                if (each.member().round() <= round + 1) {
                    members.add(each.member());
                }
            }
        }
        return members;
    }

    /** Returns the replicas that the next round waits for. */
    public List<Integer> awaited() {
        List<Integer> awaited = new ArrayList<>();
        for (int replica = 0; replica < replicas(); replica++) {
            if (isDue(sources.get(replica), round + 1)) {
                awaited.add(replica);
            }
        }
        return awaited;
    }

    /** Returns whether a round waits for a contribution of a replica. */
    private static boolean isDue(Source source, long round) {
        return !source.ended && !source.silent && source.rounds.canOpen() && source.rounds.next() <= round;
    }

    /**
     * Removes the contributions of the next round, which closes with them. Replicas that are due and not in it are silent from
     * now on: no round waits for them until they contribute again.
     */
    List<Contribution> take(List<Member> members) {
        round++;
        List<Contribution> contributions = new ArrayList<>();
        for (Source source : sources) {
            source.silent |= isDue(source, round);
            while (!source.pending.isEmpty()
                    && members.contains(source.pending.element().member())) {
                contributions.add(source.pending.remove());
                source.rounds.merged(round);
            }
        }
        return contributions;
    }
}
