package io.freshet.learning.stream;

import io.freshet.learning.learner.FieldCodec;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Collection;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Selects the partition of a topic with the next turn.
 *
 * <pre>
 *   round = count samples of the lowest member partition, count of the next one, ..., count of the highest
 *   order = round, round, ...
 * </pre>
 *
 * Only decisions change the members. A leaving partition ends its turn at once; a joining one starts after the round. A
 * decision depends on the clock, so it takes effect only once it is {@link #durable}; until then, no sample is taken
 * whose position depends on it. The order is therefore a function of each partition's samples and of the decisions.
 * Pinned by {@code RoundRobinTest}.
 */
public final class RoundRobin {
    /** No partition, because a decision is not durable yet or there are no members. */
    public static final int NOBODY = -1;

    private static final byte VERSION = 1;
    private static final int ENDED = Integer.MAX_VALUE;

    private final TreeSet<Integer> members = new TreeSet<>();
    private final TreeSet<Integer> leaving = new TreeSet<>();
    private final TreeSet<Integer> joining = new TreeSet<>();
    private boolean durable = true;
    private int partition = NOBODY;
    private int taken = ENDED;
    private long turns;

    private RoundRobin() {}

    /** Returns a round robin of the partitions in [0, partitions), before its first turn. */
    public static RoundRobin among(int partitions) {
        return among(0, 1, partitions);
    }

    /** Returns a round robin of every {@code step}th partition from {@code first} on, in [0, partitions). */
    public static RoundRobin among(int first, int step, int partitions) {
        RoundRobin turns = new RoundRobin();
        for (int i = first; i < partitions; i += step) {
            turns.members.add(i);
        }
        return turns;
    }

    /**
     * Returns the partition of the next sample, or {@link #NOBODY}.
     *
     * @param count samples per turn, at least 1
     */
    public int current(int count) {
        if (!leaving.isEmpty()) {
            return NOBODY;
        }
        return taken < count || next() ? partition : NOBODY;
    }

    /** Starts the next turn; returns false if that is not possible yet. */
    private boolean next() {
        Integer next = members.higher(partition);
        if (next == null) {
            if (!joining.isEmpty()) {
                if (!durable) {
                    return false;
                }
                members.addAll(joining);
                joining.clear();
            }
            if (members.isEmpty()) {
                return false;
            }
            next = members.first();
        }
        partition = next;
        taken = 0;
        turns++;
        return true;
    }

    /** Records that the next sample of the current turn was taken. */
    public void took() {
        taken++;
    }

    /** Ends the current turn, because its partition has ended. */
    public void pass() {
        taken = ENDED;
    }

    /** Returns a view of the member partitions, ascending. */
    public SortedSet<Integer> members() {
        return Collections.unmodifiableSortedSet(members);
    }

    /** Returns whether a partition is a member or will join after the round. */
    public boolean knows(int number) {
        return members.contains(number) || joining.contains(number);
    }

    /** Returns the count of turns started. */
    public long turns() {
        return turns;
    }

    /**
     * Decides on the partitions that leave now and those that join after the round.
     *
     * @throws IllegalStateException if the previous decision is not durable yet
     */
    public void decide(Collection<Integer> leave, Collection<Integer> join) {
        if (!durable) {
            throw new IllegalStateException(
                    "decision: leave " + leaving + ", join " + joining + " (expected: durable before the next)");
        }
        leaving.addAll(leave);
        joining.addAll(join);
        durable = leave.isEmpty() && join.isEmpty();
    }

    /** Returns whether all decisions are durable. */
    public boolean isDurable() {
        return durable;
    }

    /** Marks the decision as durable: it is the same after any failure. */
    public void durable() {
        durable = true;
        members.removeAll(leaving);
        if (leaving.contains(partition)) {
            taken = ENDED;
        }
        leaving.clear();
    }

    public void write(DataOutput out) throws IOException {
        out.writeByte(VERSION);
        FieldCodec.write(members, (partition, to) -> to.writeInt(partition), out);
        FieldCodec.write(leaving, (partition, to) -> to.writeInt(partition), out);
        FieldCodec.write(joining, (partition, to) -> to.writeInt(partition), out);
        out.writeInt(partition);
        out.writeInt(taken);
        out.writeLong(turns);
    }

    /** Reads a round robin. Its decisions are durable, because the bytes are. */
    public static RoundRobin read(DataInput in) throws IOException {
        FieldCodec.readVersion("turns", VERSION, in);
        RoundRobin turns = new RoundRobin();
        turns.members.addAll(FieldCodec.read(DataInput::readInt, in));
        turns.leaving.addAll(FieldCodec.read(DataInput::readInt, in));
        turns.joining.addAll(FieldCodec.read(DataInput::readInt, in));
        turns.partition = in.readInt();
        turns.taken = in.readInt();
        turns.turns = in.readLong();
        turns.durable();
        return turns;
    }
}
