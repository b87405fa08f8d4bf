package io.freshet.job.join;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Would catch a partition that is read far ahead of the others, and one that never goes on. */
class PausedPartitionsTest {
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
