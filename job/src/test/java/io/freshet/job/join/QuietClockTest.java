package io.freshet.job.join;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Would catch an event time that stands still in a quiet night, and one that leaps with the clock over what comes later. */
class QuietClockTest {
    private static final long IDLE = SimulatedSource.IDLE_MILLIS;

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
}
