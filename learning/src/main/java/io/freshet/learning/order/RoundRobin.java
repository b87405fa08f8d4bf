package io.freshet.learning.order;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Collection;
import java.util.Collections;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Whose turn it is among the partitions of a topic.
 *
 * <pre>
 *   round = count samples of the lowest partition that takes part, count of the next one, ..., count of the highest
 *   order = round, round, ...
 * </pre>
 *
 * Which partitions take part changes by decisions alone: those that leave end their turn where it stands, those that join do
 * so when the round ends. A decision hangs on the clock, so it is used only once it is {@link #durable}; until then
 * nothing is taken whose place hangs on it. So the order is a function of each partition's samples and of the decisions.
 * Pinned by {@code RoundRobinTest}.
 */
public final class RoundRobin {
    /** Instead of a partition: a decision must be durable first, or nobody takes part. */
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

    /** Returns turns among the partitions from 0 to before {@code partitions}, none of them begun. */
    public static RoundRobin among(int partitions) {
        RoundRobin turns = new RoundRobin();
        for (int i = 0; i < partitions; i++) {
            turns.members.add(i);
        }
        return turns;
    }

    /**
     * Returns the partition that the next sample is of, or {@link #NOBODY}.
     *
     * @param count samples of a turn, at least 1
     */
    public int current(int count) {
        if (!leaving.isEmpty()) {
            return NOBODY;
        }
        return taken < count || next() ? partition : NOBODY;
    }

    /** Goes on to the next turn; returns false if there is none, or not yet. */
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

    /** Says that the next sample of the current turn was taken. */
    public void took() {
        taken++;
    }

    /** Ends the current turn, since its partition has come to its end. */
    public void pass() {
        taken = ENDED;
    }

    /** Returns the partitions that take part, ascending: a view. */
    public SortedSet<Integer> members() {
        return Collections.unmodifiableSortedSet(members);
    }

    /** Whether a partition takes part, or will when the round ends. */
    public boolean knows(int number) {
        return members.contains(number) || joining.contains(number);
    }

    /** Returns how many turns have begun. */
    public long turns() {
        return turns;
    }

    /**
     * Decides who leaves now and who joins when the round ends.
     *
     * @throws IllegalStateException if what was decided before is not durable yet
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

    /** Whether all that was decided is durable. */
    public boolean isDurable() {
        return durable;
    }

    /** Says that what was decided will be the same after any failure. */
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
        write(members, out);
        write(leaving, out);
        write(joining, out);
        out.writeInt(partition);
        out.writeInt(taken);
        out.writeLong(turns);
    }

    /** Reads what was written; what was decided is durable, if the bytes are. */
    public static RoundRobin read(DataInput in) throws IOException {
        byte version = in.readByte();
        if (version != VERSION) {
            throw new IOException("turns: version " + version + " (expected: " + VERSION + ")");
        }
        RoundRobin turns = new RoundRobin();
        read(turns.members, in);
        read(turns.leaving, in);
        read(turns.joining, in);
        turns.partition = in.readInt();
        turns.taken = in.readInt();
        turns.turns = in.readLong();
        turns.durable();
        return turns;
    }

    private static void write(Set<Integer> partitions, DataOutput out) throws IOException {
        out.writeInt(partitions.size());
        for (int each : partitions) {
            out.writeInt(each);
        }
    }

    private static void read(Set<Integer> partitions, DataInput in) throws IOException {
        for (int left = in.readInt(); left > 0; left--) {
            partitions.add(in.readInt());
        }
    }
}
