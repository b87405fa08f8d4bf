package io.freshet.job.join.time;

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

    @Test
    void goes_on_with_the_clock_while_all_partitions_are_quiet_and_read() {
        SimulatedSource source = new SimulatedSource(2, 3);
        source.append(0, 10_000);
        source.append(1, 12_000);
        source.emit(0, 1);
        source.quiet();
        source.pass(60_000);
        source.round();
        assertThat(source.onTime()).isEqualTo(EventTimes.NONE);
        source.emit(1, 1);
        source.quiet();
        assertThat(source.onTime()).isEqualTo(12_000);
        source.pass(60_000);
        source.round();
        source.round();
        assertThat(source.onTime()).isEqualTo(72_000);
    }

    @Test
    void stands_still_while_no_broker_answers_or_one_of_them_does_not() {
        SimulatedSource source = new SimulatedSource(2, 3);
        source.append(0, 10_000);
        source.emit(0, 1);
        source.quiet();
        source.round();
        long before = source.onTime();
        for (int i = 0; i < 100; i++) {
            source.pass(60_000);
            source.outage(i % 2 == 0 ? null : 2);
        }
        assertThat(source.onTime()).isEqualTo(before);
        assertThat(source.waiting()).isNotEmpty();
        source.round();
        source.pass(1_000);
        source.round();
        source.round();
        assertThat(source.onTime()).isEqualTo(before + 1_000);
    }

    @Test
    void a_task_that_does_not_answer_stops_the_clock() {
        SimulatedSource source = new SimulatedSource(2, 2);
        source.append(0, 10_000);
        source.emit(0, 1);
        source.quiet();
        source.round();
        long before = source.onTime();
        source.stall(1);
        source.pass(60_000);
        source.round();
        source.round();
        assertThat(source.onTime()).isEqualTo(before);
    }

    /** Event time goes on with what was read while the task did not answer, or with the clock, and not with both. */
    @Test
    void a_task_that_answers_again_does_not_make_event_time_leap() {
        SimulatedSource source = new SimulatedSource(2, 2);
        source.append(0, 10_000);
        source.emit(0, 1);
        source.quiet();
        source.round();
        source.stall(1);
        for (int i = 1; i <= 10; i++) {
            source.pass(IDLE);
            source.append(0, 10_000 + i * IDLE);
            source.emit(0, 1);
            source.round();
        }
        source.pass(IDLE);
        source.resume(1);
        source.round();
        source.round();
        assertThat(source.onTime()).isEqualTo(10_000 + 10 * IDLE);
        source.pass(1_000);
        source.round();
        source.round();
        assertThat(source.onTime()).isEqualTo(10_000 + 10 * IDLE + 1_000);
    }

    /** Rounds that were asked just after the last record say nothing about the time since. */
    @Test
    void a_partition_of_a_task_that_stood_still_delays_event_time_until_it_is_idle() {
        SimulatedSource source = new SimulatedSource(2, 2);
        source.append(0, 10_000);
        source.emit(0, 1);
        source.round();
        source.stand(0);
        source.append(1, 12_000);
        source.emit(1, 1);
        source.round();
        source.round();
        source.append(0, 11_000);
        source.pass(IDLE);
        source.go(0);
        assertThat(source.onTime()).isEqualTo(10_000);
        source.emit(0, 1);
        source.quiet();
        assertThat(source.onTime()).isEqualTo(12_000);
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

    /** Rounds are not whole milliseconds apart. */
    @Test
    void the_clock_loses_no_fractions() {
        SimulatedSource source = new SimulatedSource(1, 1);
        source.append(0, 10_000);
        source.emit(0, 1);
        source.quiet();
        source.round();
        long before = source.onTime();
        for (int i = 0; i < 10_000; i++) {
            source.passNanos(200_900_000);
            source.round();
        }
        source.round();
        assertThat(source.onTime() - before).isBetween(2_008_999L, 2_009_000L);
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

    @Test
    void goes_on_from_restored_event_time_without_records() {
        SimulatedSource source = new SimulatedSource(2, 2);
        source.reached(40_000);
        source.quiet();
        source.round();
        long before = source.onTime();
        source.pass(1_000);
        source.round();
        source.round();
        assertThat(before).isGreaterThanOrEqualTo(40_000);
        assertThat(source.onTime()).isEqualTo(before + 1_000);
    }

    /** Its first record may wait for its schema, at the start or after a recovery. */
    @Test
    void a_partition_without_event_time_pauses_the_others_once_they_are_ahead_of_the_start() {
        SimulatedSource source = new SimulatedSource(1, 2);
        source.append(0, 10_000);
        source.append(1, 40_000, 40_000 + SimulatedSource.AHEAD_MILLIS, 40_001 + SimulatedSource.AHEAD_MILLIS);
        source.emit(1, 1);
        source.round();
        source.emit(1, 1);
        source.round();
        assertThat(source.paused()).isEmpty();
        source.emit(1, 1);
        source.round();
        assertThat(source.paused()).containsExactly(1);
        source.reached(40_001);
        assertThat(source.paused()).isEmpty();
        assertThat(source.onTime()).isEqualTo(EventTimes.NONE);
    }

    /** A partition of new records may be the first that is known. */
    @Test
    void a_partition_without_event_time_may_be_as_early_as_any_other() {
        SimulatedSource source = new SimulatedSource(1, 3);
        source.append(0, 0);
        source.append(1, SimulatedSource.AHEAD_MILLIS * 100);
        source.append(2, 0, SimulatedSource.AHEAD_MILLIS * 2);
        source.emit(1, 1);
        source.round();
        source.emit(2, 1);
        source.round();
        source.emit(2, 1);
        source.round();
        assertThat(source.paused()).containsExactly(1, 2);
    }

    @Test
    void pauses_partitions_that_are_ahead_of_the_earliest_until_it_is_read() {
        SimulatedSource source = new SimulatedSource(2, 3);
        source.append(0, 0, SimulatedSource.AHEAD_MILLIS * 3);
        source.append(1, SimulatedSource.AHEAD_MILLIS, SimulatedSource.AHEAD_MILLIS * 4);
        source.emit(1, 1);
        source.emit(0, 1);
        source.round();
        assertThat(source.paused()).isEmpty();
        source.emit(1, 1);
        source.round();
        assertThat(source.paused()).containsExactly(1);
        source.emit(0, 1);
        source.round();
        assertThat(source.paused()).isEmpty();
    }
}
