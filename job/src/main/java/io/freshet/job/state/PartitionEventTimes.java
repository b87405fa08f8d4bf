package io.freshet.job.state;

import io.freshet.learning.stream.EventTimes;
import java.util.HashMap;
import java.util.Map;

/**
 * The event time of each partition in this subtask.
 *
 * <pre>
 *   time of a partition = the largest minimum of 64 consecutive samples
 * </pre>
 *
 * A few samples with event times in the far future therefore have no effect. Not part of the state: starts from scratch after a
 * restart.
 */
public final class PartitionEventTimes {
    private static final int SAMPLES = 64;

    private final Map<Integer, Partition> partitions = new HashMap<>();

    private static final class Partition {
        private long time = EventTimes.NONE;
        private long minimum = Long.MAX_VALUE;
        private int count;
    }

    /** Records a learned sample. */
    public void learned(int number, long eventTime) {
        Partition partition = partitions.computeIfAbsent(number, n -> new Partition());
        partition.minimum = Math.min(partition.minimum, eventTime);
        if (++partition.count == SAMPLES) {
            partition.time = Math.max(partition.time, partition.minimum);
            partition.minimum = Long.MAX_VALUE;
            partition.count = 0;
        }
    }

    /** Returns milliseconds since 1970, or {@link EventTimes#NONE} before 64 samples of the partition were learned. */
    public long of(int number) {
        Partition partition = partitions.get(number);
        return partition == null ? EventTimes.NONE : partition.time;
    }
}
