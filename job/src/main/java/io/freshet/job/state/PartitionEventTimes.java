package io.freshet.job.state;

import java.util.HashMap;
import java.util.Map;

/**
 * How far event time has come in each partition, as this subtask sees it.
 *
 * <pre>
 *   time of a partition = the largest minimum of 64 samples in a row
 * </pre>
 *
 * So that a few samples that claim to be of the far future move nothing. Not state: after a restart it begins again.
 */
public final class PartitionEventTimes {
    /** Of a partition that too few samples came from. */
    public static final long UNKNOWN = Long.MIN_VALUE;

    private static final int SAMPLES = 64;

    private final Map<Integer, Partition> partitions = new HashMap<>();

    private static final class Partition {
        private long time = UNKNOWN;
        private long minimum = Long.MAX_VALUE;
        private int count;
    }

    /** Says that a sample was learned. */
    public void learned(int number, long eventTime) {
        Partition partition = partitions.computeIfAbsent(number, n -> new Partition());
        partition.minimum = Math.min(partition.minimum, eventTime);
        if (++partition.count == SAMPLES) {
            partition.time = Math.max(partition.time, partition.minimum);
            partition.minimum = Long.MAX_VALUE;
            partition.count = 0;
        }
    }

    /** Returns the time of a partition in milliseconds since 1970, or {@link #UNKNOWN}. */
    public long of(int number) {
        Partition partition = partitions.get(number);
        return partition == null ? UNKNOWN : partition.time;
    }

    /** Returns |a - b|, or the largest long there is. */
    static long distance(long a, long b) {
        return Math.abs(after(a, b));
    }

    /** Returns a - b, or the nearest number to it whose negative is a long too. */
    public static long after(long a, long b) {
        long difference = a - b;
        if (((a ^ b) & (a ^ difference)) < 0) {
            return a < b ? -Long.MAX_VALUE : Long.MAX_VALUE;
        }
        return Math.max(difference, -Long.MAX_VALUE);
    }
}
