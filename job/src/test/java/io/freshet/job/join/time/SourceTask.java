package io.freshet.job.join.time;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceOutput;
import org.apache.flink.runtime.event.WatermarkEvent;
import org.apache.flink.runtime.metrics.groups.UnregisteredMetricGroups;
import org.apache.flink.streaming.api.operators.source.TimestampsAndWatermarks;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.io.PushingAsyncDataInput.DataOutput;
import org.apache.flink.streaming.runtime.streamrecord.LatencyMarker;
import org.apache.flink.streaming.runtime.streamrecord.RecordAttributes;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.tasks.TestProcessingTimeService;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.apache.flink.util.clock.ManualClock;

/** The watermarks of a source task: Flink's own combination of those of its splits. A record is its time. */
final class SourceTask {
    private static final long PERIOD_MILLIS = 200;
    private static final long START = 1_000_000_000;

    private final ManualClock clock = new ManualClock();
    private final TestProcessingTimeService timers = new TestProcessingTimeService();
    private final List<String> sent = new ArrayList<>();
    private final Map<String, SourceOutput<Long>> partitions = new HashMap<>();
    private final ReaderOutput<Long> output;
    private long millis;

    SourceTask(Duration outOfOrder, Duration idle, String... partitions) {
        var metrics = UnregisteredMetricGroups.createUnregisteredTaskMetricGroup();
        TimestampsAndWatermarks<Long> logic = TimestampsAndWatermarks.createProgressiveEventTimeLogic(
                WatermarkStrategy.<Long>forGenerator(
                                new SourceWatermarks<>(outOfOrder, idle, () -> Instant.ofEpochMilli(now())))
                        .withTimestampAssigner((time, given) -> time),
                metrics,
                timers,
                PERIOD_MILLIS,
                clock,
                clock,
                metrics.getIOMetricGroup());
        output = logic.createMainOutput(new Sent(), new TimestampsAndWatermarks.WatermarkUpdateListener() {
            @Override
            public void updateIdle(boolean isIdle) {}

            @Override
            public void updateCurrentEffectiveWatermark(long watermark) {}

            @Override
            public void updateCurrentSplitWatermark(String splitId, long watermark) {}

            @Override
            public void updateCurrentSplitIdle(String splitId, boolean idle) {}

            @Override
            public void splitFinished(String splitId) {}
        });
        for (String partition : partitions) {
            add(partition);
        }
        logic.startPeriodicWatermarkEmits();
    }

    /** Returns the time of the clock, far from 0. */
    long now() {
        return START + millis;
    }

    void add(String partition) {
        partitions.put(partition, output.createOutputForSplit(partition));
    }

    void receive(String partition, long time) {
        partitions.get(partition).collect(time);
    }

    void pass(long duration) throws Exception {
        for (long end = millis + duration; millis < end; millis += PERIOD_MILLIS) {
            clock.advanceTime(Duration.ofMillis(PERIOD_MILLIS));
            timers.advance(PERIOD_MILLIS);
        }
    }

    /** Returns the watermarks and statuses since the last call. */
    List<String> sent() {
        List<String> result = List.copyOf(sent);
        sent.clear();
        return result;
    }

    private final class Sent implements DataOutput<Long> {
        @Override
        public void emitRecord(StreamRecord<Long> record) {}

        @Override
        public void emitWatermark(Watermark watermark) {
            sent.add(Long.toString(watermark.getTimestamp()));
        }

        @Override
        public void emitWatermarkStatus(WatermarkStatus status) {
            sent.add(status.isIdle() ? "idle" : "active");
        }

        @Override
        public void emitLatencyMarker(LatencyMarker marker) {}

        @Override
        public void emitRecordAttributes(RecordAttributes attributes) {}

        @Override
        public void emitWatermark(WatermarkEvent watermark) {}
    }
}
