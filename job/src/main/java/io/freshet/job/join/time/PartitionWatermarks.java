package io.freshet.job.join.time;

import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;

/**
 * Reports the watermark of all partitions for one of them. A record without a valid time counts as none, so a partition whose
 * clock is wrong neither moves nor stops the others.
 */
final class PartitionWatermarks<T> implements WatermarkGenerator<T> {
    private final SourceWatermarks<T> source;
    private long newest = SourceWatermarks.NONE;
    private boolean behind;
    private long heard;
    private long delivered;

    PartitionWatermarks(SourceWatermarks<T> source) {
        this.source = source;
        heard = source.now();
        delivered = source.delivering();
    }

    /** Returns the newest event time; {@link SourceWatermarks#NONE} without records. */
    long newest() {
        return newest;
    }

    /** Returns whether its newest record was behind the clock, so that more of them may wait. */
    boolean isBehind() {
        return behind;
    }

    /** Returns when the partition delivered last, in the time of {@link SourceWatermarks#now}. */
    long heard() {
        return heard;
    }

    /** Returns when the partition delivered last, in the time of {@link SourceWatermarks#delivering}. */
    long delivered() {
        return delivered;
    }

    @Override
    public void onEvent(T record, long timestamp, WatermarkOutput output) {
        if (timestamp != SourceWatermarks.NONE) {
            newest = Math.max(newest, timestamp);
            behind = source.isBehind(newest);
            source.deliver();
            heard = source.heard();
            delivered = source.delivering();
        }
    }

    @Override
    public void onPeriodicEmit(WatermarkOutput output) {
        long watermark = source.watermark();
        if (watermark != SourceWatermarks.NONE) {
            output.emitWatermark(new Watermark(watermark));
        }
        if (source.isSilent()) {
            output.markIdle();
        } else {
            output.markActive();
        }
    }
}
