package io.freshet.job.join.decode;

import java.time.Duration;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.util.clock.RelativeClock;

/**
 * The watermark of one partition: its newest event time, minus how much records may be out of order. A partition without records
 * for a while is idle, and holds nobody back. A record without a valid time counts as none, so a partition whose clock is wrong
 * neither moves nor stops the others.
 */
final class PartitionWatermarks implements WatermarkGenerator<JoinRecord> {
    private final long outOfOrderMillis;
    private final long idleNanos;
    private final RelativeClock clock;
    private long newest = JoinRecord.NO_TIME;
    private long active;
    /** Whether a record has arrived since the last watermark. It moves the others, however short the time until idle is. */
    private boolean moved;

    /** @param clock that stops while the task cannot send */
    PartitionWatermarks(Duration outOfOrder, Duration idle, RelativeClock clock) {
        outOfOrderMillis = outOfOrder.toMillis();
        idleNanos = idle.toNanos();
        this.clock = clock;
        active = clock.relativeTimeNanos();
    }

    @Override
    public void onEvent(JoinRecord record, long timestamp, WatermarkOutput output) {
        if (record.eventTime() != JoinRecord.NO_TIME) {
            newest = Math.max(newest, record.eventTime());
            active = clock.relativeTimeNanos();
            moved = true;
        }
    }

    @Override
    public void onPeriodicEmit(WatermarkOutput output) {
        if (!moved && clock.relativeTimeNanos() - active >= idleNanos) {
            output.markIdle();
        } else if (newest != JoinRecord.NO_TIME) {
            moved = false;
            output.emitWatermark(new Watermark(newest - outOfOrderMillis));
        }
    }
}
