package io.freshet.learning.replica;

import io.freshet.learning.codec.ListCodec;
import io.freshet.learning.rounds.Closing;
import io.freshet.learning.rounds.Contribution;
import io.freshet.learning.rounds.ContributionId;
import io.freshet.learning.state.LearnerState;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The merged state of a model, and the contributions that it lacks. Says who may be in the next round; {@link Reducer} merges it.
 *
 * <p>A round is complete once every replica that is due has contributed: {@link #isComplete}. It may be closed earlier, without
 * silent replicas. A contribution that missed its round is merged in the next. One that is read again after a failure may be from a
 * round that starts from a point that is not merged yet; it does not count until it is.
 */
public final class ReducerState extends Inbox<Contribution> {
    private static final byte VERSION = 1;

    /** The rounds of each replica, up to the last contribution that counts. */
    private final List<ReplicaRounds> rounds;
    /** Replicas without which a round was closed, and which have contributed nothing since. */
    private final BitSet silent = new BitSet();

    LearnerState merged;

    /** @param rounds of each replica */
    ReducerState(LearnerState merged, List<ReplicaRounds> rounds, RoundSpecs specs) {
        super(rounds.size(), specs);
        this.merged = merged;
        this.rounds = rounds;
    }

    @Override
    float[] values(int block, int parts) {
        return merged.weights().parts(block, parts);
    }

    /** Replaces the merged state with an equal one. */
    public void merged(LearnerState equal) {
        merged = equal;
    }

    /** Returns the merged state, for publication; it may change when a round closes. */
    public LearnerState merged() {
        return merged;
    }

    @Override
    public boolean receive(Contribution contribution) {
        boolean isNew = super.receive(contribution);
        if (isNew) {
            count(contribution.member().replica());
        }
        return isNew;
    }

    /** Lets those contributions of a replica count whose bases are merged. */
    private void count(int replica) {
        ReplicaRounds own = rounds.get(replica);
        for (Contribution each : pending(replica)) {
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
            if (pending(replica).stream().anyMatch(this::counts)) {
                return true;
            }
        }
        return false;
    }

    /** Returns the contributions that the next round can be closed with now: those received for it, and late ones. */
    public List<ContributionId> available() {
        List<ContributionId> members = new ArrayList<>();
        for (int replica = 0; replica < replicas(); replica++) {
            for (Contribution each : pending(replica)) {
                if (counts(each) && each.member().round() <= round + 1) {
                    members.add(each.member());
                }
            }
        }
        return members;
    }

    /**
     * Returns how to close the next round now, with all available contributions.
     *
     * @param announced specification, as YAML; null for none
     */
    public Closing nextClosing(@Nullable String announced) {
        return new Closing(round + 1, available(), announced);
    }

    /** Returns the replicas that the next round waits for. */
    public List<Integer> awaited() {
        List<Integer> awaited = new ArrayList<>();
        for (int replica = 0; replica < replicas(); replica++) {
            ReplicaRounds own = rounds.get(replica);
            boolean isExpected = !hasEnded(replica) && !silent.get(replica);
            if (isExpected && own.canOpen() && own.next() <= round + 1) {
                awaited.add(replica);
            }
        }
        return awaited;
    }

    /** Returns whether a round has the contribution to it of each replica that has not ended. */
    public boolean hasEachReplica(Closing closing) {
        BitSet own = new BitSet();
        for (ContributionId member : closing.members()) {
            own.set(member.replica(), member.round() == closing.round());
        }
        return IntStream.range(0, replicas()).allMatch(replica -> own.get(replica) || hasEnded(replica));
    }

    /** Replicas that are due and not in the round are silent from now on: no round waits for them until they contribute again. */
    @Override
    List<Contribution> take(Closing closing) {
        awaited().forEach(silent::set);
        List<Contribution> contributions = super.take(closing);
        contributions.forEach(each -> rounds.get(each.member().replica()).merged(round));
        contributions.forEach(each -> count(each.member().replica()));
        return contributions;
    }

    /** Writes all but the merged state, which is stored like that of any learner. */
    public void write(DataOutput out) throws IOException {
        out.writeByte(VERSION);
        out.writeLong(round);
        out.writeInt(replicas());
        for (int replica = 0; replica < replicas(); replica++) {
            rounds.get(replica).write(out);
            out.writeBoolean(silent.get(replica));
            out.writeBoolean(hasEnded(replica));
            ListCodec.write(pending(replica), Contribution::write, out);
        }
        specs.write(out);
        writeSlots(out);
    }

    /**
     * Reads what was written.
     *
     * @param merged state, stored elsewhere
     */
    public static ReducerState read(LearnerState merged, DataInput in) throws IOException {
        Contribution.requireVersion("reducer", in.readByte(), VERSION);
        long round = in.readLong();
        List<ReplicaRounds> rounds = new ArrayList<>();
        List<List<Contribution>> pending = new ArrayList<>();
        BitSet silent = new BitSet();
        BitSet ended = new BitSet();
        int replicas = in.readInt();
        for (int replica = 0; replica < replicas; replica++) {
            rounds.add(ReplicaRounds.read(in));
            silent.set(replica, in.readBoolean());
            ended.set(replica, in.readBoolean());
            pending.add(ListCodec.read(Contribution::read, in));
        }
        RoundSpecs specs = RoundSpecs.read(rounds.get(0).staleness(), in);
        ReducerState state = new ReducerState(merged, rounds, specs);
        state.round = round;
        state.silent.or(silent);
        for (int replica = 0; replica < replicas; replica++) {
            state.restore(replica, rounds.get(replica).last(), ended.get(replica), pending.get(replica));
        }
        state.readSlots(in);
        return state;
    }
}
