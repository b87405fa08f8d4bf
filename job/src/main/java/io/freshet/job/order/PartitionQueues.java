package io.freshet.job.order;

import io.freshet.learning.order.RoundRobin;
import io.freshet.learning.spec.OrderSpec;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The turns of one model, and a lane for each partition: the places in which its samples wait.
 *
 * <p>Decides at the barrier of a checkpoint who leaves and who joins, by the clock; a decision is used when that checkpoint is
 * complete. A partition leaves that keeps others waiting by bringing nothing for as long as the specification says; one that
 * does not take part and brings something joins.
 */
final class PartitionQueues {
    /** Instead of a place: nothing may be taken now. */
    static final long NONE = -1;

    private static final byte VERSION = 1;
    private static final int SEQUENCE_BITS = 40;
    private static final long NEVER = Long.MAX_VALUE;

    private final RoundRobin turns;
    private final TreeMap<Integer, Lane> lanes = new TreeMap<>();
    private final long opened;
    private String stateHash;
    private long waiting;
    /** The first checkpoint that holds what is decided. */
    private long checkpoint = NEVER;
    /** Since when the turn at hand keeps others waiting, and which that is. */
    private long heldUpSince;

    private long heldUpTurn = -1;

    /** Samples in their order: numbers from {@code head} to before {@code tail} wait. */
    private static final class Lane {
        private final int partition;
        private long head;
        private long tail;
        private long arrived;

        Lane(int partition, long opened) {
            this.partition = partition;
            arrived = opened;
        }

        boolean isEmpty() {
            return head == tail;
        }

        long place(long number) {
            return (long) partition << SEQUENCE_BITS | number;
        }
    }

    /**
     * @param stateHash of the specification that the samples are for
     * @param now in milliseconds
     */
    PartitionQueues(RoundRobin turns, String stateHash, long now) {
        this.turns = turns;
        this.stateHash = stateHash;
        opened = now;
    }

    String stateHash() {
        return stateHash;
    }

    /** Returns how many samples wait. */
    long waiting() {
        return waiting;
    }

    private Lane lane(int partition) {
        Lane lane = lanes.get(partition);
        if (lane == null) {
            lane = new Lane(partition, opened);
            lanes.put(partition, lane);
        }
        return lane;
    }

    /** Takes a sample that has just come, if it is its turn; otherwise it must be given a place. */
    boolean pass(int partition, int count, long now) {
        Lane lane = lane(partition);
        lane.arrived = now;
        if (lane.isEmpty() && turns.current(count) == partition) {
            turns.took();
            return true;
        }
        return false;
    }

    /** Returns the place for a sample to wait in. */
    long place(int partition) {
        Lane lane = lane(partition);
        waiting++;
        return lane.place(lane.tail++);
    }

    /** Takes the sample that is next, if it is here: returns its place, or {@link #NONE}. */
    long due(int count, long now) {
        if (waiting == 0) {
            return NONE;
        }
        int partition = turns.current(count);
        if (partition == RoundRobin.NOBODY) {
            return NONE;
        }
        Lane lane = lane(partition);
        if (lane.isEmpty()) {
            if (heldUpTurn != turns.turns()) {
                heldUpTurn = turns.turns();
                heldUpSince = now;
            }
            return NONE;
        }
        return take(lane);
    }

    /** Takes the next sample of those that are here, as if no other will come: returns its place, or {@link #NONE}. */
    long rest(int count) {
        if (waiting == 0) {
            return NONE;
        }
        turns.durable();
        turns.decide(List.of(), strangers());
        turns.durable();
        while (true) {
            Lane lane = lane(turns.current(count));
            if (!lane.isEmpty()) {
                return take(lane);
            }
            turns.pass();
        }
    }

    private long take(Lane lane) {
        turns.took();
        waiting--;
        return lane.place(lane.head++);
    }

    /** Returns the partitions that do not take part and bring something. */
    private List<Integer> strangers() {
        List<Integer> strangers = new ArrayList<>();
        lanes.forEach((partition, lane) -> {
            if (!lane.isEmpty() && !turns.knows(partition)) {
                strangers.add(partition);
            }
        });
        return strangers;
    }

    /** Forgets what waits; the samples to come are for another state. */
    void clear(String newStateHash) {
        lanes.values().forEach(lane -> lane.head = lane.tail);
        waiting = 0;
        stateHash = newStateHash;
    }

    /** Decides, at the barrier of a checkpoint, who leaves and who joins. */
    void decide(OrderSpec order, long now, long checkpointId) {
        if (waiting == 0 || !turns.isDurable()) {
            return;
        }
        turns.decide(idle(order, now), strangers());
        if (!turns.isDurable()) {
            checkpoint = checkpointId;
        }
    }

    private List<Integer> idle(OrderSpec order, long now) {
        List<Integer> idle = new ArrayList<>();
        int current = turns.current(order.count());
        if (order.idleMillis() == 0 || current == RoundRobin.NOBODY || !isIdle(current, order, now)) {
            return idle;
        }
        if (now - heldUpSince >= order.idleMillis()) {
            for (int member : turns.members()) {
                if (isIdle(member, order, now)) {
                    idle.add(member);
                }
            }
        }
        return idle;
    }

    private boolean isIdle(int partition, OrderSpec order, long now) {
        Lane lane = lane(partition);
        return lane.isEmpty() && now - lane.arrived >= order.idleMillis();
    }

    /** Says that a checkpoint is complete; returns whether a decision may be used that could not before. */
    boolean completed(long checkpointId) {
        if (turns.isDurable() || checkpoint > checkpointId) {
            return false;
        }
        checkpoint = NEVER;
        turns.durable();
        return true;
    }

    /** Returns the partitions that take part, for people. */
    String members() {
        return turns.members().toString();
    }

    void write(DataOutput out) throws IOException {
        out.writeByte(VERSION);
        out.writeUTF(stateHash);
        turns.write(out);
        out.writeInt(lanes.size());
        for (Map.Entry<Integer, Lane> entry : lanes.entrySet()) {
            out.writeInt(entry.getKey());
            out.writeLong(entry.getValue().head);
            out.writeLong(entry.getValue().tail);
        }
    }

    /** Reads what a checkpoint that is complete holds: what was decided may be used. */
    static PartitionQueues read(DataInput in, long now) throws IOException {
        byte version = in.readByte();
        if (version != VERSION) {
            throw new IOException("lanes: version " + version + " (expected: " + VERSION + ")");
        }
        String stateHash = in.readUTF();
        PartitionQueues read = new PartitionQueues(RoundRobin.read(in), stateHash, now);
        for (int left = in.readInt(); left > 0; left--) {
            Lane lane = read.lane(in.readInt());
            lane.head = in.readLong();
            lane.tail = in.readLong();
            read.waiting += lane.tail - lane.head;
        }
        return read;
    }
}
