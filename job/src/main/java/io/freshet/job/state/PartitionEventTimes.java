package io.freshet.job.state;

import io.freshet.learning.stream.EventTimes;
import java.util.HashMap;
import java.util.Map;

/**
 * Event time of each partition, as seen by this subtask.
 *
 * <pre>
 *   time of a partition = the largest minimum of 64 consecutive samples
 * </pre>
 *
 * So a few samples with event times in the far future move nothing. Not state: starts again after a restart.
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
