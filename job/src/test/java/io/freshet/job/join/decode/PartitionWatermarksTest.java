package io.freshet.job.join.decode;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.job.record.RecordHeaders;
import io.freshet.job.record.SourceRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.util.clock.RelativeClock;
import org.junit.jupiter.api.Test;

/** Would catch a partition that stops all others: an empty one, or one whose clock is wrong. */
class PartitionWatermarksTest {
    private static final SourceRecord RECORD = new SourceRecord(0, 0, 0, null, null, RecordHeaders.NONE);

    private final List<String> sent = new ArrayList<>();
    private long millis;
    private PartitionWatermarks watermarks = watermarks(5_000);

    private PartitionWatermarks watermarks(long idleMillis) {
        return new PartitionWatermarks(Duration.ofSeconds(1), Duration.ofMillis(idleMillis), new RelativeClock() {
            @Override
            public long relativeTimeMillis() {
                return millis;
            }

            @Override
            public long relativeTimeNanos() {
                return millis * 1_000_000;
            }
        });
    }

    @Test
    void follows_the_newest_event_time() {
        receive(10_000);
        receive(9_000);
        assertThat(sent).containsExactly("9000", "9000");
    }

    @Test
    void is_idle_after_a_while_without_records_until_the_next_one() {
        receive(10_000);
        millis = 4_999;
        tick();
        millis = 5_000;
        tick();
        receive(20_000);
        assertThat(sent).containsExactly("9000", "9000", "idle", "19000");
    }

    @Test
    void is_idle_after_a_while_if_it_never_had_a_record() {
        tick();
        assertThat(sent).isEmpty();
        millis = 5_000;
        tick();
        assertThat(sent).containsExactly("idle");
    }

    @Test
    void is_idle_although_records_without_a_valid_time_arrive() {
        for (millis = 0; millis < 10_000; millis += 1_000) {
            watermarks.onEvent(new JoinRecord(false, JoinRecord.NO_TIME, RECORD), JoinRecord.NO_TIME, output());
        }
        tick();
        assertThat(sent).containsExactly("idle");
    }

    @Test
    void has_a_watermark_although_it_is_idle_at_once() {
        watermarks = watermarks(0);
        tick();
        receive(10_000);
        tick();
        receive(11_000);
        assertThat(sent).containsExactly("idle", "9000", "idle", "10000");
    }

    @Test
    void takes_no_time_that_is_far_ahead_of_the_clock() {
        JoinTiming timing = JoinTiming.DEFAULT;
        assertThat(timing.orNone(60_000, 0)).isEqualTo(60_000);
        assertThat(timing.orNone(60_001, 0)).isEqualTo(JoinRecord.NO_TIME);
    }

    private void receive(long time) {
        watermarks.onEvent(new JoinRecord(false, time, RECORD), time, output());
        tick();
    }

    private void tick() {
        watermarks.onPeriodicEmit(output());
    }

    private WatermarkOutput output() {
        return new WatermarkOutput() {
            @Override
            public void emitWatermark(Watermark watermark) {
                sent.add(Long.toString(watermark.getTimestamp()));
            }

            @Override
            public void markIdle() {
                sent.add("idle");
            }

            @Override
            public void markActive() {
                sent.add("active");
            }
        };
    }
}
