package io.freshet.job.join.time;

import io.freshet.job.join.time.ProgressEvent.Progress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.util.clock.Clock;
import org.apache.kafka.common.TopicPartition;

/**
 * The watermark of a task of the source: the earliest of its partitions.
 *
 * <pre>
 *   watermark = min over partitions of progress, and the watermark of quiet partitions if it reads none
 *   progress  = max(newest event time - outOfOrder, watermark of quiet partitions while it is quiet)
 * </pre>
 *
 * A partition is quiet if it is read to its end, and emitted no event time for {@code idle}: records that have none do not
 * delay the others. A partition without either has no watermark, and neither has the task. Used by the task's thread.
 */
final class TaskTime {
    private final long outOfOrderMillis;
    private final long idleNanos;
    private final Clock clock;
    private final FetchedOffsets fetched;
    private final Map<TopicPartition, Partition> partitions = new HashMap<>();
    private EndsEvent newest = new EndsEvent(0, 0, EventTimes.NONE, Map.of(), false);

    private static final class Partition {
        /** Offset after the last record emitted, or where to start. */
        private long next;

        private long watermark = EventTimes.NONE;
        /** When the last event time was emitted, or the partition was added. */
        private long timedNanos;
        /** When the first round since then was asked, by another clock; {@link EventTimes#NONE} if there was none. */
        private long askedNanos = EventTimes.NONE;
        /** Whether it was quiet in the newest round. */
        private boolean quiet;
    }

    TaskTime(Duration outOfOrder, Duration idle, FetchedOffsets fetched, Clock clock) {
        outOfOrderMillis = outOfOrder.toMillis();
        idleNanos = idle.toNanos();
        this.clock = clock;
        this.fetched = fetched;
    }

    /** @param start offset of the first record, or a negative number if unknown */
    void add(TopicPartition partition, long start) {
        Partition added = new Partition();
        added.next = start;
        added.timedNanos = clock.relativeTimeNanos();
        partitions.put(partition, added);
    }

    void remove(TopicPartition partition) {
        partitions.remove(partition);
    }

    /** @param eventTime {@link EventTimes#NONE} if the record has none */
    void emitted(TopicPartition partition, long offset, long eventTime) {
        Partition emitted = partitions.get(partition);
        if (emitted != null) {
            emitted.next = offset + 1;
            if (eventTime != EventTimes.NONE) {
                emitted.timedNanos = clock.relativeTimeNanos();
                emitted.askedNanos = EventTimes.NONE;
                emitted.watermark = Math.max(emitted.watermark, eventTime - outOfOrderMillis);
            }
        }
    }

    /** Receives where partitions end. Returns the watermark, or {@link EventTimes#NONE}; it may be earlier than before. */
    long receive(EndsEvent event) {
        newest = event;
        long now = clock.relativeTimeNanos();
        partitions.forEach((id, partition) -> {
            Long end = event.ends().get(id);
            if (partition.askedNanos == EventTimes.NONE) {
                partition.askedNanos = event.nanos();
            }
            // A task that stood still receives rounds late: both clocks must have gone on.
            partition.quiet = end != null
                    && fetched.position(id, partition.next) >= end
                    && now - partition.timedNanos >= idleNanos
                    && event.nanos() - partition.askedNanos >= idleNanos;
            if (partition.quiet) {
                partition.watermark = Math.max(partition.watermark, event.watermark());
            }
        });
        return event.moves()
                ? partitions.values().stream()
                        .mapToLong(partition -> partition.watermark)
                        .min()
                        .orElse(event.watermark())
                : EventTimes.NONE;
    }

    /** Returns how far the task is. */
    ProgressEvent progress() {
        Map<TopicPartition, Progress> all = new HashMap<>();
        partitions.forEach((id, partition) ->
                all.put(id, new Progress(fetched.position(id, partition.next), partition.watermark, partition.quiet)));
        return new ProgressEvent(newest.round(), all);
    }
}
