package io.freshet.learning.replica;

import io.freshet.learning.learner.LearnerState;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The merged state of a model, and the contributions that it lacks. Says who may be in the next round; {@link Reducer} merges it.
 *
 * <p>A round is complete once every replica that is due has contributed: {@link #isComplete}. It may be closed earlier, without
 * silent replicas. A contribution that missed its round is merged in the next. One that is read again after a failure may be from a
 * round that starts from a point that is not merged yet; it does not count until it is.
 */
public final class ReducerState {
    final Inbox<Contribution> inbox;
    /** The rounds of each replica, up to the last contribution that counts. */
    final List<ReplicaRounds> rounds;
    /** Replicas without which a round was closed, and which have contributed nothing since. */
    final BitSet silent = new BitSet();
    /** Slots of the merge itself, by block; none for a block that no round has changed. */
    final Map<Integer, float[][]> slots = new HashMap<>();

    /** Null if restored from bytes of version 1, which had none. */
    @Nullable RoundSpecs specs;

    LearnerState merged;
    /** The last round that was closed. */
    long round;

    /** @param rounds of each replica */
    ReducerState(LearnerState merged, List<ReplicaRounds> rounds) {
        this.merged = merged;
        this.rounds = rounds;
        inbox = new Inbox<>(rounds.size(), Contribution::member);
    }

    /** Replaces the merged state with an equal one. */
    public void merged(LearnerState equal) {
        merged = equal;
    }

    /** Returns the merged state, for publication; it may change when a round closes. */
    public LearnerState merged() {
        return merged;
    }

    /** Returns the number of replicas. */
    public int replicas() {
        return inbox.replicas();
    }

    /** Returns whether all replicas have ended, and everything they contributed is merged. */
    public boolean isFinished() {
        return inbox.isFinished();
    }

    /** Returns the number of the last closed round. */
    public long round() {
        return round;
    }

    /**
     * Receives a contribution. One received again is ignored.
     *
     * @throws UnknownMemberException if there is no such replica
     */
    public void receive(Contribution contribution) {
        if (inbox.receive(contribution)) {
            count(contribution.member().replica());
        }
    }

    /** Lets those contributions of a replica count whose bases are merged. */
    private void count(int replica) {
        ReplicaRounds own = rounds.get(replica);
        for (Contribution each : inbox.pending(replica)) {
            if (!counts(each) && own.canOpen()) {
                own.contributed(each.member().round());
                silent.clear(replica);
            }
        }
    }

    private boolean counts(Contribution pending) {
        return pending.member().round()
                <= rounds.get(pending.member().replica()).last();
    }

    /**
     * Records that a replica has no more samples.
     *
     * @throws UnknownMemberException if there is no such replica
     */
    public void end(int replica) {
        inbox.end(replica);
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
        for (int replica = 0; replica < replicas(); replica++) {
            if (inbox.pending(replica).stream().anyMatch(this::counts)) {
                return true;
            }
        }
        return false;
    }

    /** Returns the contributions that the next round can be closed with now: those received for it, and late ones. */
    public List<Member> available() {
        List<Member> members = new ArrayList<>();
        for (int replica = 0; replica < replicas(); replica++) {
            for (Contribution each : inbox.pending(replica)) {
                if (counts(each) && each.member().round() <= round + 1) {
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
            ReplicaRounds own = rounds.get(replica);
            boolean isExpected = !inbox.hasEnded(replica) && !silent.get(replica);
            if (isExpected && own.canOpen() && own.next() <= round + 1) {
                awaited.add(replica);
            }
        }
        return awaited;
    }

    /**
     * Removes the contributions of the next round, which closes with them. Replicas that are due and not in it are silent from
     * now on: no round waits for them until they contribute again.
     *
     * @param members {@link #available} ones
     */
    List<Contribution> take(List<Member> members) {
        awaited().forEach(silent::set);
        round++;
        List<Contribution> contributions = Objects.requireNonNull(inbox.take(members));
        contributions.forEach(each -> rounds.get(each.member().replica()).merged(round));
        contributions.forEach(each -> count(each.member().replica()));
        return contributions;
    }
}
