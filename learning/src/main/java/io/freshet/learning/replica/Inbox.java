package io.freshet.learning.replica;

import io.freshet.learning.codec.FlatArrays;
import io.freshet.learning.codec.ListCodec;
import io.freshet.learning.rounds.Closing;
import io.freshet.learning.rounds.ContributionId;
import io.freshet.learning.rounds.RoundsMessage.Contributed;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The contributions that a reducer has received and not yet merged, by replica and in the order of rounds, and the last round that
 * it has merged. The reducer of the model and the reducers of blocks receive, merge, and end alike; they merge different numbers.
 */
public abstract sealed class Inbox<C extends Contributed> permits ReducerState, BlockReducerState {
    private final List<Deque<C>> pending = new ArrayList<>();
    /** The last round received of each replica. */
    private final long[] last;

    private final BitSet ended = new BitSet();
    /** The decisions about rounds that are closed but not merged here. */
    private final TreeMap<Long, Closing> closings = new TreeMap<>();

    final RoundSpecs specs;
    /** Slots of the merge itself, by block; a block that no round has changed has none. */
    final SortedMap<Integer, float[][]> slots = new TreeMap<>();
    /** The last round that was merged. */
    long round;

    Inbox(int replicas, RoundSpecs specs) {
        this.specs = specs;
        last = new long[replicas];
        for (int replica = 0; replica < replicas; replica++) {
            pending.add(new ArrayDeque<>());
        }
    }

    /** Returns a copy of the numbers of a block. */
    abstract float[] values(int block, int parts);

    /** Returns the number of replicas. */
    public int replicas() {
        return last.length;
    }

    /** Returns the number of the last round that was merged, 0 before the first. */
    public long round() {
        return round;
    }

    /** Returns the last round received of a replica, 0 before the first. */
    long last(int replica) {
        return last[replica];
    }

    Collection<C> pending(int replica) {
        return pending.get(replica);
    }

    /**
     * Receives a contribution; returns false for one received again, which is ignored.
     *
     * @throws UnknownMemberException if there is no such replica
     */
    public boolean receive(C contribution) {
        ContributionId member = contribution.member();
        if (member.round() <= last[existing(member.replica())]) {
            return false;
        }
        last[member.replica()] = member.round();
        return pending.get(member.replica()).add(contribution);
    }

    private int existing(int replica) {
        if (replica < 0 || replica >= last.length) {
            throw new UnknownMemberException(
                    "message: replica " + replica + " (expected: 0 to " + (last.length - 1) + ")");
        }
        return replica;
    }

    /**
     * Records that a replica has no more samples.
     *
     * @throws UnknownMemberException if there is no such replica
     */
    public void end(int replica) {
        ended.set(existing(replica));
    }

    boolean hasEnded(int replica) {
        return ended.get(replica);
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

    /** Returns whether contributions are received. */
    boolean has(List<ContributionId> members) {
        return members.stream()
                .allMatch(member -> pending.get(member.replica()).stream()
                        .anyMatch(each -> each.member().equals(member)));
    }

    /** Opens the next round, and removes and returns its contributions, in the order of replicas and rounds. */
    List<C> take(Closing closing) {
        round++;
        closings.headMap(round, true).clear();
        specs.open(round);
        if (closing.specification() != null) {
            specs.announced(round, closing.specification());
        }
        List<C> taken = new ArrayList<>();
        for (Deque<C> each : pending) {
            each.removeIf(one -> closing.members().contains(one.member()) && taken.add(one));
        }
        return taken;
    }

    /** Restores the contributions received from a replica. */
    void restore(int replica, long lastRound, boolean hasEnded, List<C> contributions) {
        pending.get(replica).addAll(contributions);
        last[replica] = lastRound;
        contributions.forEach(
                each -> last[replica] = Math.max(last[replica], each.member().round()));
        ended.set(replica, hasEnded);
    }

    void writeSlots(DataOutput out) throws IOException {
        out.writeInt(slots.size());
        for (Map.Entry<Integer, float[][]> block : slots.entrySet()) {
            out.writeInt(block.getKey());
            ListCodec.write(
                    List.of(block.getValue()), (slot, to) -> FlatArrays.writeFloats(slot, slot.length, to), out);
        }
    }

    void readSlots(DataInput in) throws IOException {
        for (int left = in.readInt(); left > 0; left--) {
            slots.put(in.readInt(), ListCodec.read(FlatArrays::readFloats, in).toArray(float[][]::new));
        }
    }
}
