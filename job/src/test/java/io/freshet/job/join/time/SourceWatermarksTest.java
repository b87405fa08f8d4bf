package io.freshet.job.join.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Would catch a partition that stops all others, and an event time that leaps over the records of one that was only silent. */
class SourceWatermarksTest {
    private static final Duration ORDER = Duration.ofSeconds(1);
    private static final Duration IDLE = Duration.ofSeconds(5);
    private static final String SLOW = "requests-0";
    private static final String FAST = "requests-1";

    private SourceTask task = new SourceTask(ORDER, IDLE, SLOW, FAST);

    @Test
    void follows_the_partition_that_is_behind() throws Exception {
        task.receive(FAST, 50_000);
        task.pass(200);
        task.receive(SLOW, 10_000);
        task.pass(200);
        task.receive(FAST, 60_000);
        task.receive(SLOW, 9_000);
        task.pass(200);
        task.receive(SLOW, 20_000);
        task.pass(200);
        assertThat(task.sent()).containsExactly("9000", "19000");
    }

    @Test
    void a_partition_that_is_silent_while_another_delivers_holds_nobody_back_after_a_while() throws Exception {
        task.receive(SLOW, 10_000);
        for (int millis = 0; millis < 4_800; millis += 200) {
            task.receive(FAST, 50_000 + millis);
            task.pass(200);
        }
        assertThat(task.sent()).containsExactly("9000");
        task.receive(FAST, 60_000);
        task.pass(200);
        task.receive(FAST, 60_000);
        task.pass(200);
        assertThat(task.sent()).containsExactly("59000");
    }

    @Test
    void stays_where_it_is_if_all_partitions_are_silent() throws Exception {
        task.receive(SLOW, 10_000);
        task.receive(FAST, 50_000);
        task.pass(60_000);
        assertThat(task.sent()).containsExactly("9000", "idle");
    }

    /** As when the broker of a partition stops, or comes back, before that of another. */
    @Test
    void stays_where_it_is_if_partitions_become_silent_one_after_the_other_and_return_so() throws Exception {
        task.receive(SLOW, 10_000);
        task.pass(1_000);
        task.receive(FAST, 50_000);
        task.pass(60_000);
        assertThat(task.sent()).containsExactly("9000", "idle");
        for (int millis = 0; millis < 1_000; millis += 200) {
            task.receive(FAST, 51_000 + millis);
            task.pass(200);
        }
        task.receive(SLOW, 11_000);
        task.pass(200);
        assertThat(task.sent()).containsExactly("active", "10000");
    }

    /** As between single requests of a quiet night. */
    @Test
    void a_silent_partition_without_records_behind_the_clock_holds_nobody_back_when_another_goes_on() throws Exception {
        task.receive(SLOW, task.now());
        task.receive(FAST, task.now());
        task.pass(10_000);
        task.sent();
        long time = task.now();
        task.receive(FAST, time);
        task.pass(200);
        assertThat(task.sent()).containsExactly("active", Long.toString(time - 1_000));
    }

    @Test
    void a_silent_partition_does_not_hold_back_a_sparse_one_for_ever() throws Exception {
        task.receive(SLOW, 10_000);
        for (int minute = 1; minute <= 5; minute++) {
            task.receive(FAST, minute * 60_000L);
            task.pass(60_000);
        }
        assertThat(task.sent()).endsWith("299000", "idle");
    }

    @Test
    void is_idle_after_a_while_if_it_never_had_a_record_or_has_no_partition() throws Exception {
        task.pass(4_800);
        assertThat(task.sent()).isEmpty();
        task.pass(200);
        assertThat(task.sent()).containsExactly("idle");
        task.receive(FAST, 10_000);
        task.pass(200);
        assertThat(task.sent()).containsExactly("active", "9000");

        task = new SourceTask(ORDER, IDLE);
        task.pass(5_000);
        assertThat(task.sent()).containsExactly("idle");
    }

    @Test
    void is_idle_although_records_without_a_valid_time_arrive() throws Exception {
        for (int second = 0; second < 10; second++) {
            task.receive(SLOW, SourceWatermarks.NONE);
            task.pass(1_000);
        }
        assertThat(task.sent()).containsExactly("idle");
    }

    @Test
    void a_partition_that_is_added_holds_the_others_back_at_first() throws Exception {
        task = new SourceTask(ORDER, IDLE, FAST);
        task.receive(FAST, 50_000);
        task.pass(200);
        task.add(SLOW);
        task.receive(FAST, 60_000);
        task.pass(200);
        assertThat(task.sent()).containsExactly("49000");
        task.receive(SLOW, 55_000);
        task.pass(200);
        assertThat(task.sent()).containsExactly("54000");
    }

    @Test
    void has_a_watermark_although_it_is_idle_at_once() throws Exception {
        task = new SourceTask(ORDER, Duration.ZERO, FAST);
        task.receive(FAST, 10_000);
        task.pass(1_000);
        task.receive(FAST, 11_000);
        task.pass(1_000);
        assertThat(task.sent()).containsExactly("9000", "idle", "active", "10000", "idle");
    }
}
