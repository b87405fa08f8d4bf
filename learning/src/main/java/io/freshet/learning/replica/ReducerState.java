package io.freshet.learning.replica;

import io.freshet.learning.learner.FieldCodec;
import io.freshet.learning.learner.LearnerState;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The merged state of a model, and the contributions that it lacks. Says who may be in the next round; {@link Reducer} merges it.
 *
 * <p>A round is complete once every replica that is due has contributed: {@link #isComplete}. It may be closed earlier, without
 * silent replicas. A contribution that missed its round is merged in the next. One that is read again after a failure may be from a
 * round that starts from a point that is not merged yet; it does not count until it is.
 *
 * <p>As bytes, a version, then every field but the merged state. Pinned by {@code ReplicaCodecTest}.
 */
public final class ReducerState {
    private static final byte VERSION = 1;

    /** By replica, in the order of their rounds: those that are not merged. */
    private final List<Deque<Contribution>> pending = new ArrayList<>();
    /** The last round received of each replica. */
    private final long[] last;
    /** The rounds of each replica, up to the last contribution that counts. */
    private final List<ReplicaRounds> rounds;
    /** Replicas that have no more samples. */
    private final BitSet ended = new BitSet();
    /** Replicas without which a round was closed, and which have contributed nothing since. */
    private final BitSet silent = new BitSet();
    /** The decisions about rounds that are closed but not merged here. */
    private final TreeMap<Long, Closing> closings = new TreeMap<>();

    final RoundSpecs specs;
    LearnerState merged;
    /** The last round that was merged. */
    private long round;

    /** @param rounds of each replica */
    ReducerState(LearnerState merged, List<ReplicaRounds> rounds, RoundSpecs specs) {
        this.merged = merged;
        this.rounds = rounds;
        this.specs = specs;
        last = new long[rounds.size()];
        rounds.forEach(each -> pending.add(new ArrayDeque<>()));
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
        return last.length;
    }

    /** Returns the number of the last round that was merged, 0 before the first. */
    public long round() {
        return round;
    }

    /**
     * Receives a contribution; one received again is ignored.
     *
     * @throws UnknownMemberException if there is no such replica
     */
    public void receive(Contribution contribution) {
        int replica = existing(contribution.member().replica());
        if (contribution.member().round() > last[replica]) {
            last[replica] = contribution.member().round();
            pending.get(replica).add(contribution);
            count(replica);
        }
    }

    private int existing(int replica) {
        if (replica < 0 || replica >= last.length) {
            throw new UnknownMemberException(
                    "message: replica " + replica + " (expected: 0 to " + (last.length - 1) + ")");
        }
        return replica;
    }

    /** Lets those contributions of a replica count whose bases are merged. */
    private void count(int replica) {
        ReplicaRounds own = rounds.get(replica);
        for (Contribution each : pending.get(replica)) {
            if (!counts(each) && own.canOpen()) {
                own.contributed(each.member().round());
                silent.clear(replica);
            }
        }
    }

    private boolean counts(Contribution each) {
        return each.member().round() <= rounds.get(each.member().replica()).last();
    }

    /**
     * Records that a replica has no more samples.
     *
     * @throws UnknownMemberException if there is no such replica
     */
    public void end(int replica) {
        ended.set(existing(replica));
    }

    /** Returns whether all replicas have ended, and everything they contributed is merged. */
    public boolean isFinished() {
        return ended.cardinality() == last.length && pending.stream().allMatch(Deque::isEmpty);
    }

    /**
     * Receives how a round was closed. The first that is received of a round counts.
     *
     * @throws UnknownMemberException if it names a replica that does not exist
     */
    public void closed(Closing closing) {
        closing.members().forEach(member -> existing(member.replica()));
        if (closing.round() > round) {
            closings.putIfAbsent(closing.round(), closing);
        }
    }

    /** Returns how the next round was closed, or null if that is not received. */
    public @Nullable Closing closing() {
        return closings.get(round + 1);
    }

    /** Returns whether it is received how a round was closed that is not merged here. */
    public boolean hasClosings() {
        return !closings.isEmpty();
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
        return pending.stream().flatMap(Deque::stream).anyMatch(this::counts);
    }

    /** Returns the contributions that the next round can be closed with now: those received for it, and late ones. */
    public List<ContributionId> available() {
        return pending.stream()
                .flatMap(Deque::stream)
                .filter(each -> counts(each) && each.member().round() <= round + 1)
                .map(Contribution::member)
                .toList();
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
            boolean isExpected = !ended.get(replica) && !silent.get(replica);
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
        return IntStream.range(0, replicas()).allMatch(replica -> own.get(replica) || ended.get(replica));
    }

    /**
     * Opens the next round, and removes and returns its contributions, in the order of replicas and rounds. Replicas that are due and not
     * in the round are silent from now on: no round waits for them until they contribute again.
     */
    List<Contribution> take(Closing closing) {
        awaited().forEach(silent::set);
        round++;
        closings.headMap(round, true).clear();
        specs.open(round);
        if (closing.specification() != null) {
            specs.announced(round, closing.specification());
        }
        List<Contribution> taken = new ArrayList<>();
        for (Deque<Contribution> each : pending) {
            each.removeIf(one -> closing.members().contains(one.member()) && taken.add(one));
        }
        taken.forEach(each -> rounds.get(each.member().replica()).merged(round));
        taken.forEach(each -> count(each.member().replica()));
        return taken;
    }

    /** Writes all but the merged state, which is stored like that of any learner. */
    public void write(DataOutput out) throws IOException {
        out.writeByte(VERSION);
        out.writeLong(round);
        out.writeInt(replicas());
        for (int replica = 0; replica < replicas(); replica++) {
            rounds.get(replica).write(out);
            out.writeBoolean(silent.get(replica));
            out.writeBoolean(ended.get(replica));
            FieldCodec.write(pending.get(replica), Contribution::write, out);
        }
        specs.write(out);
    }

    /**
     * Reads what was written.
     *
     * @param merged state, stored elsewhere
     */
    public static ReducerState read(LearnerState merged, DataInput in) throws IOException {
        FieldCodec.readVersion("reducer", VERSION, in);
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
            pending.add(FieldCodec.read(Contribution::read, in));
        }
        RoundSpecs specs = RoundSpecs.read(rounds.get(0).staleness(), in);
        ReducerState state = new ReducerState(merged, rounds, specs);
        state.round = round;
        state.silent.or(silent);
        state.ended.or(ended);
        for (int replica = 0; replica < replicas; replica++) {
            state.restore(replica, pending.get(replica));
        }
        return state;
    }

    private void restore(int replica, List<Contribution> contributions) {
        pending.get(replica).addAll(contributions);
        last[replica] = rounds.get(replica).last();
        contributions.forEach(
                each -> last[replica] = Math.max(last[replica], each.member().round()));
    }
}
