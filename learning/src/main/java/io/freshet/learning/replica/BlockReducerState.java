package io.freshet.learning.replica;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The merged values of some blocks, and the contributions that they lack. Changed by {@link BlockReducer}. */
public final class BlockReducerState {
    final int first;
    final RoundSpecs specs;
    /** By block: the parameters, then each slot that is merged. */
    final Map<Integer, float[]> values = new TreeMap<>();
    /** Slots of the merge itself, by block; none for a block that no round has changed. */
    final Map<Integer, float[][]> slots = new HashMap<>();
    /** Contributions of each replica that are not merged, in order. */
    final List<Deque<Contribution>> pending = new ArrayList<>();
    /** The last round received of each replica. */
    final long[] lastContributed;

    final BitSet ended = new BitSet();
    /** The last round merged. */
    long round;

    BlockReducerState(int first, RoundSpecs specs, int replicas) {
        this.first = first;
        this.specs = specs;
        lastContributed = new long[replicas];
        for (int replica = 0; replica < replicas; replica++) {
            pending.add(new ArrayDeque<>());
        }
    }

    /** Returns the first block, which identifies the reducer. */
    public int first() {
        return first;
    }

    /** Returns the last round merged, 0 before the first. */
    public long round() {
        return round;
    }

    /** Returns the number of replicas. */
    public int replicas() {
        return lastContributed.length;
    }

    /** Returns the last round received of a replica, 0 before the first. */
    public long lastContributed(int replica) {
        return lastContributed[replica];
    }

    /** Returns whether all replicas have ended, and everything they contributed is merged. */
    public boolean isFinished() {
        return ended.cardinality() == lastContributed.length && pending.stream().allMatch(Deque::isEmpty);
    }

    /** Receives a contribution with the changes of these blocks. One received again is ignored. */
    public void receive(Contribution contribution) {
        Member member = contribution.member();
        if (member.round() > lastContributed[member.replica()]) {
            lastContributed[member.replica()] = member.round();
            pending.get(member.replica()).add(contribution);
        }
    }

    /** Records that a replica has no more samples. */
    public void end(int replica) {
        ended.set(replica);
    }

    /** Removes and returns contributions, in order; returns null if one is not received yet. */
    @Nullable List<Contribution> take(List<Member> members) {
        List<Contribution> taken = new ArrayList<>();
        for (Deque<Contribution> each : pending) {
            each.stream().filter(one -> members.contains(one.member())).forEach(taken::add);
        }
        if (taken.size() < members.size()) {
            return null;
        }
        pending.forEach(each -> each.removeIf(one -> members.contains(one.member())));
        return taken;
    }
}
