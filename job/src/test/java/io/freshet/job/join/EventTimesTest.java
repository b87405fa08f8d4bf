package io.freshet.job.join;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Would catch a partition that stops all others for good, and an event time that leaps over records that wait to be read. */
class EventTimesTest {
    private static final long IDLE = SimulatedSource.IDLE_MILLIS;

    @Test
    void follows_the_partition_that_is_behind() {
        SimulatedSource source = new SimulatedSource(1, 2);
        source.append(0, 10_000, 20_000);
        source.append(1, 50_000, 60_000);
        source.emit(1, 1);
        source.round();
        assertThat(source.onTime()).isEqualTo(EventTimes.NONE);
        source.emit(0, 1);
        source.round();
        assertThat(source.onTime()).isEqualTo(10_000);
        source.emit(0, 1);
        source.emit(1, 1);
        source.round();
        assertThat(source.onTime()).isEqualTo(20_000);
    }

    @Test
    void a_partition_with_a_backlog_delays_event_time_for_as_long_as_it_takes() {
        SimulatedSource source = new SimulatedSource(2, 2);
        source.append(0, 10_000, 11_000);
        source.emit(0, 1);
        for (int i = 0; i < 1_000; i++) {
            source.append(1, 20_000 + i);
            source.emit(1, 1);
            source.pass(IDLE);
            source.round();
        }
        assertThat(source.onTime()).isEqualTo(10_000);
        source.emit(0, 1);
        source.quiet();
        assertThat(source.onTime()).isEqualTo(20_999);
    }

    @Test
    void a_partition_that_was_not_read_yet_delays_event_time_although_all_others_are_at_their_ends() {
        SimulatedSource source = new SimulatedSource(1, 3);
        source.append(0, 10_000);
        source.append(1, 30_000);
        source.emit(1, 1);
        source.quiet();
        assertThat(source.onTime()).isEqualTo(EventTimes.NONE);
    }

    @Test
    void what_the_consumer_has_fetched_is_not_yet_read() {
        SimulatedSource source = new SimulatedSource(1, 2);
        source.append(0, 10_000, 20_000);
        source.append(1, 50_000);
        source.emit(1, 1);
        source.fetch(0, 2);
        source.quiet();
        assertThat(source.onTime()).isEqualTo(EventTimes.NONE);
    }

    @Test
    void marks_of_transactions_after_the_last_record_are_no_records() {
        SimulatedSource source = new SimulatedSource(1, 2);
        source.append(0, 10_000);
        source.appendMark(0);
        source.append(1, 50_000);
        source.emit(0, 1);
        source.emit(1, 1);
        source.quiet();
        assertThat(source.onTime()).isEqualTo(10_000);
        source.fetch(0, 0);
        source.round();
        assertThat(source.onTime()).isEqualTo(50_000);
    }

    @Test
    void empty_and_deleted_logs_and_tasks_without_partitions_do_not_delay_event_time() {
        SimulatedSource source = new SimulatedSource(4, 3);
        source.append(0, 10_000);
        source.append(1, 50_000);
        source.delete(1);
        source.emit(0, 1);
        source.quiet();
        assertThat(source.onTime()).isEqualTo(10_000);
    }

    @Test
    void a_partition_that_is_read_to_its_end_delays_event_time_until_it_is_idle() {
        SimulatedSource source = new SimulatedSource(1, 2);
        source.append(0, 10_000);
        source.emit(0, 1);
        source.append(1, 50_000);
        source.emit(1, 1);
        source.round();
        source.pass(IDLE - 1);
        source.round();
        assertThat(source.onTime()).isEqualTo(10_000);
        source.pass(1);
        source.round();
        assertThat(source.onTime()).isEqualTo(50_000);
    }

    /** Whatever the partition receives after that, is later than the records that were read before. */
    @Test
    void does_not_pass_what_was_read_when_the_ends_were_asked_for() {
        SimulatedSource source = new SimulatedSource(2, 2);
        source.append(0, 10_000);
        source.emit(0, 1);
        source.quiet();
        EventTimes.Ends asked = source.ask();
        source.append(1, 20_000);
        source.append(0, 20_500);
        source.append(1, 30_000);
        source.emit(1, 2);
        source.answer(asked);
        source.round();
        assertThat(source.onTime()).isEqualTo(10_000);
    }

    /** Such as tombstones, malformed ones, and those of a clock that is ahead. */
    @Test
    void records_without_an_event_time_delay_nobody() {
        SimulatedSource source = new SimulatedSource(2, 2);
        source.append(0, 10_000);
        source.emit(0, 1);
        for (int i = 1; i <= 20; i++) {
            source.append(0, 10_000 + 1_000 * i);
            source.append(1, EventTimes.NONE);
            source.emit(0, 1);
            source.emit(1, 1);
            source.pass(1_000);
            source.round();
        }
        assertThat(source.onTime()).isEqualTo(29_000);
        for (int i = 1; i <= 20; i++) {
            source.append(1, EventTimes.NONE);
            source.emit(1, 1);
            source.pass(1_000);
            source.round();
        }
        assertThat(source.onTime()).as("with the clock").isBetween(43_000L, 45_000L);
    }

    /** Its records are a minute behind those of the other, and it was at its end in the round after its last record. */
    @Test
    void a_partition_that_cannot_be_read_for_a_while_delays_event_time() {
        SimulatedSource source = new SimulatedSource(1, 2);
        source.append(0, 60_000);
        source.append(1, 1_000);
        source.emit(0, 1);
        source.emit(1, 1);
        source.round();
        source.round();
        source.append(1, 2_000);
        for (int i = 0; i < 10; i++) {
            source.append(0, 61_000 + i);
            source.emit(0, 1);
            source.pass(IDLE);
            source.round();
            source.round();
        }
        assertThat(source.onTime()).isEqualTo(1_000);
        source.emit(1, 1);
        source.round();
        assertThat(source.onTime()).isEqualTo(2_000);
    }

    @Test
    void a_backlog_that_is_deleted_or_replaced_by_a_shorter_log_delays_event_time_no_longer() {
        SimulatedSource source = new SimulatedSource(1, 3);
        source.append(0, 10_000);
        source.append(1, 1_000, 2_000);
        source.append(2, 1_000);
        source.emit(0, 1);
        source.round();
        assertThat(source.onTime()).isEqualTo(EventTimes.NONE);
        source.delete(1);
        source.truncate(2);
        source.quiet();
        assertThat(source.onTime()).isEqualTo(10_000);
        assertThat(source.paused()).isEmpty();
    }

    /** As of a topic that was created again: its records are read from the beginning, when their turn comes. */
    @Test
    void a_log_that_is_shorter_than_what_was_read_delays_event_time_until_it_is_read() {
        SimulatedSource source = new SimulatedSource(2, 2);
        source.append(0, 60_000 + SimulatedSource.AHEAD_MILLIS);
        source.append(1, 1_000, 2_000);
        source.reached(1_000);
        source.restore(1, 1_000);
        source.emit(0, 1);
        source.fetch(1, 2);
        for (int i = 0; i < 10; i++) {
            source.quiet();
        }
        assertThat(source.onTime()).isLessThanOrEqualTo(1_000);
        assertThat(source.waiting()).hasSize(1);
        assertThat(source.paused()).containsExactly(0);
        source.emit(1, 2);
        source.round();
        assertThat(source.onTime()).isEqualTo(2_000);
        source.quiet();
        assertThat(source.onTime()).isEqualTo(60_000 + SimulatedSource.AHEAD_MILLIS);
        assertThat(source.waiting()).isEmpty();
    }

    /** Its next record waits for a schema, or its broker is away. */
    @Test
    void a_partition_that_was_quiet_and_cannot_be_read_pauses_the_others() {
        for (boolean isAway : new boolean[] {false, true}) {
            SimulatedSource source = new SimulatedSource(2, 2);
            source.append(0, 1_000);
            source.append(1, 1_000);
            source.emit(0, 1);
            source.emit(1, 1);
            source.quiet();
            assertThat(source.paused()).isEmpty();
            if (!isAway) {
                source.append(1, 2_000);
            }
            for (int i = 1; i <= 3; i++) {
                source.append(0, SimulatedSource.AHEAD_MILLIS * i + 2_000);
                source.emit(0, 1);
                source.outage(isAway ? 1 : null);
                source.pass(IDLE);
                if (!isAway) {
                    source.round();
                }
            }
            assertThat(source.paused()).containsExactly(0);
            source.emit(1, 1);
            source.quiet();
            assertThat(source.paused()).isEmpty();
        }
    }

    /** It is at its end in most rounds, but never quiet. */
    @Test
    void a_slow_partition_that_is_behind_pauses_the_others() {
        SimulatedSource source = new SimulatedSource(1, 2);
        for (int i = 1; i <= 20; i++) {
            source.append(1, i);
            source.emit(1, 1);
            source.append(0, SimulatedSource.AHEAD_MILLIS * i);
            if (!source.paused().contains(0)) {
                source.emit(0, 1);
            }
            source.round();
            source.pass(IDLE / 2);
            source.round();
        }
        assertThat(source.onTime()).isEqualTo(20);
        assertThat(source.hasMore(0)).isTrue();
        source.quiet();
        assertThat(source.paused()).isEmpty();
    }

    /** In each round, some wait in the task. Their partition was read to where it ended some rounds ago. */
    @Test
    void a_steady_stream_of_records_without_an_event_time_delays_the_others_by_its_backlog_only() {
        SimulatedSource source = new SimulatedSource(1, 2);
        source.append(1, EventTimes.NONE, EventTimes.NONE, EventTimes.NONE);
        long time = 0;
        for (int i = 1; i <= 300; i++) {
            time = 60_000L * i;
            source.append(0, time);
            source.append(1, EventTimes.NONE);
            if (!source.paused().contains(0)) {
                source.emit(0, Integer.MAX_VALUE);
            }
            source.emit(1, 1);
            source.pass(200);
            source.round();
        }
        assertThat(source.hasMore(0)).as("no pause").isFalse();
        assertThat(source.onTime()).isBetween(time - 6 * 60_000, time);
        long newest = source.onTime();
        for (int i = 1; i <= 300; i++) {
            source.append(1, EventTimes.NONE);
            source.emit(1, 1);
            source.pass(200);
            source.round();
        }
        assertThat(source.onTime()).as("with the clock").isBetween(time + 50_000, time + 60_000);
        assertThat(newest).isLessThanOrEqualTo(time);
        assertThat(source.hasMore(1)).isTrue();
    }

    /** A record that comes after the mark, and is not read yet, is not passed. */
    @Test
    void a_partition_that_lags_is_as_late_as_when_its_end_was_asked_for() {
        SimulatedSource source = new SimulatedSource(1, 2);
        source.append(0, 1_000);
        source.append(1, EventTimes.NONE, EventTimes.NONE);
        source.emit(0, 1);
        source.round();
        source.emit(1, 1);
        source.pass(SimulatedSource.IDLE_MILLIS);
        source.round();
        // The end that is a mark now is before this record.
        source.append(1, 1_500);
        source.append(0, 9_000);
        source.emit(0, 1);
        source.emit(1, 1);
        source.round();
        source.pass(SimulatedSource.IDLE_MILLIS);
        source.round();
        source.round();
        assertThat(source.onTime()).isLessThanOrEqualTo(1_500);
        source.emit(1, 1);
        source.quiet();
        assertThat(source.onTime()).isGreaterThanOrEqualTo(9_000);
    }

    /** As after a restart with another topic, or when a topic is created again with fewer partitions. */
    @Test
    void partitions_that_no_longer_exist_delay_and_pause_nobody() {
        SimulatedSource source = new SimulatedSource(1, 2);
        source.reached(10_000);
        source.append(0, 10_000 + 10 * SimulatedSource.AHEAD_MILLIS);
        source.append(1, 20_000);
        source.round();
        source.emit(0, 1);
        source.roundWithout(1);
        assertThat(source.paused()).isEmpty();
        assertThat(source.gone()).hasSize(1);
        source.pass(SimulatedSource.IDLE_MILLIS);
        source.roundWithout(1);
        source.roundWithout(1);
        assertThat(source.onTime()).isGreaterThanOrEqualTo(10_000 + 10 * SimulatedSource.AHEAD_MILLIS);
        assertThat(source.waiting()).isEmpty();
    }

    @Test
    void waits_for_partitions_that_no_task_reads_yet() {
        SimulatedSource source = new SimulatedSource(2, 2);
        source.append(0, 10_000);
        source.append(1, 5_000);
        source.unassign(1);
        source.emit(0, 1);
        source.quiet();
        assertThat(source.onTime()).isEqualTo(EventTimes.NONE);
        source.assign(1);
        source.round();
        source.round();
        assertThat(source.onTime()).isEqualTo(EventTimes.NONE);
        source.emit(1, 1);
        source.round();
        assertThat(source.onTime()).isEqualTo(5_000);
        source.quiet();
        assertThat(source.onTime()).isEqualTo(10_000);
    }
}
