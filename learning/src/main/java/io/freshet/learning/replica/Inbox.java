package io.freshet.learning.replica;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The contributions of each replica that a reducer has received and not merged, in the order of their rounds. */
final class Inbox<C extends RoundsMessage> {
    private final Function<C, Member> identity;
    private final List<Deque<C>> pending = new ArrayList<>();
    /** The last round received of each replica. */
    private final long[] last;

    private final BitSet ended = new BitSet();

    /** Reads a contribution. */
    interface Source<C> {
        C read(DataInput in) throws IOException;
    }

    /** @param identity returns that of a contribution, or of a part of one */
    Inbox(int replicas, Function<C, Member> identity) {
        this.identity = identity;
        last = new long[replicas];
        for (int replica = 0; replica < replicas; replica++) {
            pending.add(new ArrayDeque<>());
        }
    }

    int replicas() {
        return last.length;
    }

    /** Returns the last round received of a replica, 0 before the first. */
    long last(int replica) {
        return last[replica];
    }

    Collection<C> pending(int replica) {
        return pending.get(replica);
    }

    /**
     * Adds a contribution; returns false for one received again.
     *
     * @throws UnknownMemberException if there is no such replica
     */
    boolean receive(C contribution) {
        Member member = identity.apply(contribution);
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
    void end(int replica) {
        ended.set(existing(replica));
    }

    boolean hasEnded(int replica) {
        return ended.get(replica);
    }

    /** Returns whether all replicas have ended, and everything they contributed is merged. */
    boolean isFinished() {
        return ended.cardinality() == last.length && pending.stream().allMatch(Deque::isEmpty);
    }

    /** Removes and returns contributions, in the order of replicas and rounds; returns null if one is not received yet. */
    @Nullable List<C> take(List<Member> members) {
        List<C> taken = new ArrayList<>();
        for (Deque<C> each : pending) {
            each.stream().filter(one -> members.contains(identity.apply(one))).forEach(taken::add);
        }
        if (taken.size() < members.size()) {
            return null;
        }
        pending.forEach(each -> each.removeIf(one -> members.contains(identity.apply(one))));
        return taken;
    }

    /** Writes the contributions of a replica. */
    void write(int replica, DataOutput out) throws IOException {
        out.writeInt(pending.get(replica).size());
        for (C contribution : pending.get(replica)) {
            contribution.write(out);
        }
    }

    static <C> List<C> read(Source<C> source, DataInput in) throws IOException {
        List<C> contributions = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            contributions.add(source.read(in));
        }
        return contributions;
    }

    /** Restores what was received of a replica. */
    void restore(int replica, long round, boolean hasEnded, List<C> contributions) {
        contributions.forEach(this::receive);
        last[replica] = Math.max(last[replica], round);
        ended.set(replica, hasEnded);
    }
}
