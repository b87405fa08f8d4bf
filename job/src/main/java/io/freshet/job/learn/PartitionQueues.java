package io.freshet.job.learn;

import io.freshet.learning.learner.FieldCodec;
import io.freshet.learning.spec.OrderSpec;
import io.freshet.learning.stream.RoundRobin;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The turns of one model's partitions, and a queue of buffered samples for each.
 *
 * <p>At each checkpoint barrier, it is decided which partitions leave and join the rounds. The decision takes effect when that
 * checkpoint completes. A partition leaves if it holds up others and has been silent for the specification's idle time, by the
 * clock. A partition outside the rounds joins when it delivers samples.
 */
final class PartitionQueues {
    /** Returned instead of a state key if no sample may be learned now. */
    static final long NONE = -1;

    /** Samples of a partition after which it is full, unless two turns are more. */
    static final int LIMIT = 10_000;

    private static final byte VERSION = 1;
    private static final long NEVER = Long.MAX_VALUE;

    private final RoundRobin turns;
    private final TreeMap<Integer, PartitionQueue> queues = new TreeMap<>();
    private final TreeSet<Integer> full = new TreeSet<>();
    private final long opened;
    private int awaited = RoundRobin.NOBODY;
    private String stateHash;
    private long buffered;
    /** The first checkpoint that contains the pending decision. */
    private long checkpoint = NEVER;
    /** Number of the turn that holds up others. */
    private long heldUpTurn = -1;
    /** Processing time at which that turn started to hold up others. */
    private long heldUpSince;

    /**
     * @param stateHash of the specification that the samples were encoded with
     * @param now processing time in milliseconds
     */
    PartitionQueues(RoundRobin turns, String stateHash, long now) {
        this.turns = turns;
        this.stateHash = stateHash;
        opened = now;
    }

    String stateHash() {
        return stateHash;
    }

    /** Returns the number of buffered samples. */
    long buffered() {
        return buffered;
    }

    private PartitionQueue queue(int partition) {
        PartitionQueue queue = queues.get(partition);
        if (queue == null) {
            queue = new PartitionQueue(partition, opened);
            queues.put(partition, queue);
        }
        return queue;
    }

    /** Records that a partition delivered a sample. */
    void received(int partition, long now) {
        queue(partition).received(now);
    }

    /** Takes the current turn for a received sample; returns false if the sample must be {@link #add added}. */
    boolean takeTurn(int partition, int count) {
        PartitionQueue queue = queue(partition);
        if (queue.isEmpty() && turns.current(count) == partition) {
            turns.took();
            return true;
        }
        return false;
    }

    /** Buffers a sample; returns its state key. */
    long add(int partition, int count) {
        buffered++;
        if (partition == awaited) {
            awaited = RoundRobin.NOBODY;
        }
        PartitionQueue queue = queue(partition);
        long stateKey = queue.add();
        if (queue.size() >= limit(count)) {
            full.add(partition);
        }
        return stateKey;
    }

    private static long limit(int count) {
        return Math.max(LIMIT, 2L * count);
    }

    /** Returns the partitions that have reached the limit, until half of their samples are learned. */
    SortedSet<Integer> full() {
        return full;
    }

    /** Returns the partition with the next turn if it is empty while others have samples, or {@link RoundRobin#NOBODY}. */
    int awaited() {
        return awaited;
    }

    /** Removes the next sample in turn and returns its state key, or {@link #NONE} if it has not been received. */
    long poll(int count, long now) {
        if (buffered == 0) {
            return NONE;
        }
        awaited = RoundRobin.NOBODY;
        int partition = turns.current(count);
        if (partition == RoundRobin.NOBODY) {
            return NONE;
        }
        PartitionQueue queue = queue(partition);
        if (queue.isEmpty()) {
            awaited = partition;
            if (heldUpTurn != turns.turns()) {
                heldUpTurn = turns.turns();
                heldUpSince = now;
            }
            return NONE;
        }
        long stateKey = remove(queue);
        if (queue.size() <= limit(count) / 2) {
            full.remove(partition);
        }
        return stateKey;
    }

    /** Removes the next buffered sample and returns its state key, or {@link #NONE}; skips partitions without samples. */
    long pollBuffered(int count) {
        if (buffered == 0) {
            return NONE;
        }
        full.clear();
        turns.durable();
        turns.decide(List.of(), joining());
        turns.durable();
        while (true) {
            PartitionQueue queue = queue(turns.current(count));
            if (!queue.isEmpty()) {
                return remove(queue);
            }
            turns.pass();
        }
    }

    private long remove(PartitionQueue queue) {
        turns.took();
        buffered--;
        return queue.remove();
    }

    /** Returns the partitions outside the rounds that have samples. */
    private List<Integer> joining() {
        List<Integer> joining = new ArrayList<>();
        queues.forEach((partition, queue) -> {
            if (!queue.isEmpty() && !turns.knows(partition)) {
                joining.add(partition);
            }
        });
        return joining;
    }

    /** Discards the buffered samples, because the state that they were encoded for was reset. */
    void discard(String newStateHash) {
        queues.values().forEach(PartitionQueue::clear);
        full.clear();
        buffered = 0;
        stateHash = newStateHash;
    }

    /** Decides, at a checkpoint barrier, which partitions leave and join. */
    void decide(OrderSpec order, long now, long checkpointId) {
        if (buffered == 0 || !turns.isDurable()) {
            return;
        }
        turns.decide(leaving(order, now), joining());
        if (!turns.isDurable()) {
            checkpoint = checkpointId;
        }
    }

    private List<Integer> leaving(OrderSpec order, long now) {
        List<Integer> leaving = new ArrayList<>();
        long idleMillis = order.idleMillis();
        int current = turns.current(order.count());
        if (idleMillis == 0 || current == RoundRobin.NOBODY || !queue(current).isIdle(now, idleMillis)) {
            return leaving;
        }
        if (now - heldUpSince >= idleMillis) {
            for (int member : turns.members()) {
                if (queue(member).isIdle(now, idleMillis)) {
                    leaving.add(member);
                }
            }
        }
        return leaving;
    }

    /** Applies the decision in a completed checkpoint. Returns whether there was one. */
    boolean completed(long checkpointId) {
        if (turns.isDurable() || checkpoint > checkpointId) {
            return false;
        }
        checkpoint = NEVER;
        turns.durable();
        return true;
    }

    /** Returns the partitions in the rounds, for logging. */
    String members() {
        return turns.members().toString();
    }

    void write(DataOutput out) throws IOException {
        out.writeByte(VERSION);
        out.writeUTF(stateHash);
        turns.write(out);
        out.writeInt(queues.size());
        for (Map.Entry<Integer, PartitionQueue> entry : queues.entrySet()) {
            out.writeInt(entry.getKey());
            entry.getValue().write(out);
        }
    }

    /** Reads the queues from a completed checkpoint. The decision in it has taken effect. */
    static PartitionQueues read(DataInput in, long now) throws IOException {
        FieldCodec.readVersion("partition queues", VERSION, in);
        String stateHash = in.readUTF();
        PartitionQueues read = new PartitionQueues(RoundRobin.read(in), stateHash, now);
        for (int remaining = in.readInt(); remaining > 0; remaining--) {
            int partition = in.readInt();
            PartitionQueue queue = read.queue(partition);
            queue.read(in);
            read.buffered += queue.size();
            if (queue.size() > LIMIT / 2) {
                read.full.add(partition);
            }
        }
        return read;
    }
}
