package io.freshet.job.join.time;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkGeneratorSupplier;
import org.apache.flink.util.clock.RelativeClock;
import org.jspecify.annotations.Nullable;

/**
 * The watermark of the partitions that one source task reads: the earliest of their newest event times, minus how much records
 * may be out of order.
 *
 * <p>A silent partition holds nobody back after a while. If its records are behind the clock, it may have more of them, so only
 * the time counts in which others deliver. Silence of all, as when the broker is away, leaves the watermark where it is. Flink
 * would take the newest partition then. So each partition reports the watermark of all, and is idle only together with all.
 *
 * <p>Each task has an instance of its own, which one thread uses.
 */
public final class SourceWatermarks<T> implements WatermarkGeneratorSupplier<T> {
    /** The time of a record that has none, which counts as no record. */
    static final long NONE = Long.MIN_VALUE;

    private static final long serialVersionUID = 1;
    /** Longer than the time between two reports, within which all partitions may deliver once. */
    private static final Duration SHORTEST_IDLE = Duration.ofMillis(400);
    /** One gap without any record counts at most this part of the time until a partition is idle. */
    private static final int GAP = 2;

    private static final long NANOS_PER_MILLI = 1_000_000;

    private static final long UPDATE_NANOS = Duration.ofMillis(100).toNanos();

    private final long outOfOrderMillis;
    private final long idleNanos;
    private final InstantSource time;

    private transient @Nullable RelativeClock clock;
    private transient @Nullable List<PartitionWatermarks<T>> partitions;
    /** When the newest record of any partition arrived. */
    private transient long heard;
    /**
     * How long partitions have delivered, nanoseconds. A gap without records counts in part only: after an outage, each partition
     * has time to go on, and yet a sparse one does not wait forever for a silent one.
     */
    private transient long delivering;

    private transient long watermark;
    private transient long updated;

    /**
     * @param idle counts as at least {@link #SHORTEST_IDLE}
     * @param time serializable, as that of the system
     */
    public SourceWatermarks(Duration outOfOrder, Duration idle, InstantSource time) {
        this.time = time;
        outOfOrderMillis = outOfOrder.toMillis();
        idleNanos = Math.max(idle.toNanos(), SHORTEST_IDLE.toNanos());
    }

    @Override
    public WatermarkGenerator<T> createWatermarkGenerator(Context context) {
        if (clock == null) {
            clock = context.getInputActivityClock();
            heard = clock.relativeTimeNanos();
        }
        PartitionWatermarks<T> created = new PartitionWatermarks<>(this);
        if (partitions == null) {
            // Flink creates the one of the task itself first, to which no source of partitions sends records.
            partitions = new ArrayList<>();
            watermark = NONE;
        } else {
            partitions.add(created);
        }
        return created;
    }

    /** Receives that a partition delivers. */
    void deliver() {
        long now = now();
        delivering += Math.min(now - heard, idleNanos / GAP);
        heard = now;
    }

    long heard() {
        return heard;
    }

    long delivering() {
        return delivering;
    }

    /** Returns whether a record with an event time may be followed by others that are waiting. */
    boolean isBehind(long eventTime) {
        return time.millis() - eventTime > idleNanos / NANOS_PER_MILLI;
    }

    /** Returns whether no partition has delivered for a while. */
    boolean isSilent() {
        return now() - heard >= idleNanos;
    }

    /** Returns the watermark of all partitions, which never decreases; {@link #NONE} if there is none. */
    long watermark() {
        long now = now();
        if (now - updated >= UPDATE_NANOS || watermark == NONE) {
            updated = now;
            long earliest = earliest(now);
            if (earliest != NONE) {
                watermark = Math.max(watermark, earliest - outOfOrderMillis);
            }
        }
        return watermark;
    }

    private long earliest(long now) {
        long earliest = Long.MAX_VALUE;
        for (PartitionWatermarks<T> partition : partitions == null ? List.<PartitionWatermarks<T>>of() : partitions) {
            long silent = partition.isBehind() ? delivering - partition.delivered() : now - partition.heard();
            if (silent < idleNanos) {
                earliest = Math.min(earliest, partition.newest());
            }
        }
        return earliest == Long.MAX_VALUE ? NONE : earliest;
    }

    long now() {
        return clock == null ? 0 : clock.relativeTimeNanos();
    }
}
