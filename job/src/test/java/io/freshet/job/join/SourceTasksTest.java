package io.freshet.job.join;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.job.learn.LearnHarness.Backend;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.topic.UnjoinedHeaders;
import org.apache.flink.runtime.event.WatermarkEvent;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.io.PushingAsyncDataInput.DataOutput;
import org.apache.flink.streaming.runtime.streamrecord.LatencyMarker;
import org.apache.flink.streaming.runtime.streamrecord.RecordAttributes;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.StatusWatermarkValve;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.junit.jupiter.api.Test;

/**
 * Would catch an event time that leaps to the newest task of a parallel source when all are silent. Flink itself combines the
 * watermarks of the tasks.
 */
class SourceTasksTest {
    private static final ModelSpec SPEC = ModelSpec.parse("""
        {name: m, label: y, features: {numeric: [a], categorical: [origin]}, loss: binary-cross-entropy,
         join: {within: 10s, after: 2s, grace: 1s}}
        """);

    private static final int SLOW = 0;
    private static final int FAST = 1;
    private static final long TICK_MILLIS = 200;

    private final StatusWatermarkValve valve = new StatusWatermarkValve(2);
    private final long[] reached = {Long.MIN_VALUE, Long.MIN_VALUE};
    private long now = 1_000_000;

    @Test
    void event_time_does_not_leap_if_tasks_become_silent_and_go_on_one_after_the_other() throws Exception {
        try (JoinHarness harness = JoinHarness.start(Backend.HEAP, SPEC)) {
            harness.processingTime(now);
            watermark(SLOW, 10_000, harness);
            watermark(FAST, 50_000, harness);
            silent(SLOW, harness);
            pass(600, harness);
            silent(FAST, harness);
            pass(3_000, harness);
            assertThat(harness.lastWatermark()).isBetween(12_000L, 13_000L);

            active(FAST, harness);
            watermark(FAST, 51_000, harness);
            pass(1_000, harness);
            harness.request("m", "r", 10_500);
            active(SLOW, harness);
            watermark(SLOW, 14_000, harness);
            assertThat(harness.unjoined(UnjoinedHeaders.REASON)).isEmpty();
            assertThat(harness.lastWatermark()).isEqualTo(14_000);
            watermark(SLOW, 20_500, harness);
            assertThat(harness.samples()).containsExactly("OPEN r 0.0", "CLOSED r 0.0");
        }
    }

    @Test
    void a_task_that_is_silent_while_another_delivers_holds_nobody_back_after_a_while() throws Exception {
        try (JoinHarness harness = JoinHarness.start(Backend.HEAP, SPEC)) {
            harness.processingTime(now);
            watermark(SLOW, 10_000, harness);
            watermark(FAST, 50_000, harness);
            silent(SLOW, harness);
            pass(SourceTasks.TOGETHER * TICK_MILLIS, harness);
            assertThat(harness.lastWatermark()).isEqualTo(10_000);
            pass(TICK_MILLIS, harness);
            assertThat(harness.lastWatermark()).isEqualTo(50_000);
        }
    }

    @Test
    void a_task_without_partitions_holds_nobody_back() throws Exception {
        try (JoinHarness harness = JoinHarness.start(Backend.HEAP, SPEC)) {
            harness.processingTime(now);
            watermark(FAST, 50_000, harness);
            silent(SLOW, harness);
            assertThat(harness.lastWatermark()).isEqualTo(50_000);
        }
    }

    private void watermark(int task, long time, JoinHarness harness) throws Exception {
        reached[task] = time;
        harness.send(new JoinInput.Reached(task, time, false));
        valve.inputWatermark(new Watermark(time), task, new ToJoin(harness));
    }

    private void silent(int task, JoinHarness harness) throws Exception {
        harness.send(new JoinInput.Reached(task, reached[task], true));
        valve.inputWatermarkStatus(WatermarkStatus.IDLE, task, new ToJoin(harness));
    }

    private void active(int task, JoinHarness harness) throws Exception {
        harness.send(new JoinInput.Reached(task, reached[task], false));
        valve.inputWatermarkStatus(WatermarkStatus.ACTIVE, task, new ToJoin(harness));
    }

    private void pass(long millis, JoinHarness harness) throws Exception {
        for (long end = now + millis; now < end; ) {
            now += TICK_MILLIS;
            harness.processingTime(now);
        }
    }

    private record ToJoin(JoinHarness harness) implements DataOutput<JoinInput> {
        @Override
        public void emitRecord(StreamRecord<JoinInput> record) {}

        @Override
        public void emitWatermark(Watermark watermark) throws Exception {
            harness.watermark(watermark.getTimestamp());
        }

        @Override
        public void emitWatermarkStatus(WatermarkStatus status) throws Exception {
            harness.status(status);
        }

        @Override
        public void emitLatencyMarker(LatencyMarker marker) {}

        @Override
        public void emitRecordAttributes(RecordAttributes attributes) {}

        @Override
        public void emitWatermark(WatermarkEvent watermark) {}
    }
}
