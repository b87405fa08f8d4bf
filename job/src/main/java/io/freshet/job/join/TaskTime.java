package io.freshet.job.join;

import io.freshet.job.join.ProgressEvent.Progress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.util.clock.Clock;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * The watermark of a task of the source: the earliest of its partitions.
 *
 * <pre>
 *   watermark = min over partitions of progress, and the watermark of quiet partitions if it reads none
 *   progress  = max(newest event time - outOfOrder - 1, watermark of quiet partitions while it is quiet)
 * </pre>
 *
 * A partition is quiet if it is read to where it ended in a round, which was asked {@code idle} after its last event time. It then
 * has the watermark of quiet partitions of that round: records without event time, which may come steadily, delay the others by no more
 * than they wait to be read. A partition without either has no watermark, and neither has the task. Used by the task's thread.
 */
final class TaskTime {
    private final long outOfOrderMillis;
    private final long idleNanos;
    private final Clock clock;
    private final FetchedOffsets fetched;
    private final Map<TopicPartition, Partition> partitions = new HashMap<>();
    private EndsEvent newest = new EndsEvent(0, 0, EventTimes.NONE, Map.of(), false);

    /**
     * Where a partition ended in a round.
     *
     * @param nanos when the round was asked
     * @param watermark of quiet partitions in that round
     */
    private record Mark(long end, long nanos, long watermark) {}

    private static final class Partition {
        /** Offset after the last record emitted, or where to start. */
        private long next;

        private long watermark = EventTimes.NONE;
        /** When the last event time was emitted, or the partition was added. */
        private long timedNanos;
        /** When the first round since then was asked, by another clock; {@link EventTimes#NONE} if there was none. */
        private long askedNanos = EventTimes.NONE;
        /** A round to whose end it is not read yet; null if it is read to the end of the newest round that knows one. */
        private @Nullable Mark ahead;
        /** The newest round to whose end it is read. */
        private @Nullable Mark read;
        /** Whether it was quiet in the newest round. */
        private boolean quiet;

        /** Receives a round in which the partition ended at an offset; null if that is unknown. */
        void ended(@Nullable Long end, EndsEvent event, long position) {
            Mark mark = end == null ? null : new Mark(end, event.nanos(), event.watermark());
            if (mark != null && position >= mark.end) {
                read = mark;
                ahead = null;
                return;
            }
            if (ahead != null && position >= ahead.end) {
                read = ahead;
                ahead = null;
            }
            // A log that was deleted, or created again, ends earlier.
            if (mark != null && (ahead == null || mark.end < ahead.end)) {
                ahead = mark;
            }
        }
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
                emitted.watermark = Math.max(emitted.watermark, eventTime - outOfOrderMillis - 1);
            }
        }
    }

    /** Receives where partitions end. Returns the watermark, or {@link EventTimes#NONE}; it may be earlier than before. */
    long receive(EndsEvent event) {
        newest = event;
        long now = clock.relativeTimeNanos();
        partitions.forEach((id, partition) -> {
            partition.ended(event.ends().get(id), event, fetched.position(id, partition.next));
            if (partition.askedNanos == EventTimes.NONE) {
                partition.askedNanos = event.nanos();
            }
            // A task that stood still receives rounds late: both clocks must have gone on. That of rounds must have
            // done so before
            // the one to whose end it is read: what waits since then may be as late as partitions are apart.
            Mark read = partition.read;
            partition.quiet = read != null
                    && now - partition.timedNanos >= idleNanos
                    && read.nanos - partition.askedNanos >= idleNanos;
            if (read != null && partition.quiet) {
                partition.watermark = Math.max(partition.watermark, read.watermark);
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
        partitions.forEach((id, partition) -> {
            Mark read = partition.read;
            long quiet = read != null && partition.quiet ? read.nanos : EventTimes.NONE;
            all.put(id, new Progress(fetched.position(id, partition.next), partition.watermark, quiet));
        });
        return new ProgressEvent(newest.round(), all);
    }
}
