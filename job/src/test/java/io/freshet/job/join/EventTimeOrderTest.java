package io.freshet.job.join;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Would catch records that are late only because of how fast their partition was read. Partitions grow while they are read in
 * pieces of any size; each is in the order of event times, and what is appended is not earlier than what any partition has.
 */
class EventTimeOrderTest {
    private static final int STEPS = 20_000;
    private static final int LARGEST_PIECE = 50;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void no_record_is_late_whatever_the_order_in_which_partitions_are_read(int seed) {
        Random random = new Random(seed);
        int partitions = 1 + random.nextInt(40);
        SimulatedSource source = new SimulatedSource(1 + random.nextInt(4), partitions);
        long time = 1_000_000;
        EventTimes.Ends asked = source.ask();
        int late = 0;
        int emitted = 0;
        for (int step = 0; step < STEPS; step++) {
            int partition = random.nextInt(partitions);
            switch (random.nextInt(6)) {
                case 0 -> {
                    if (step < STEPS / 2 && partition % 5 != 4) {
                        time += random.nextInt(60_000);
                        source.append(partition, time);
                    }
                }
                case 1 -> source.fetch(partition, random.nextInt(LARGEST_PIECE));
                case 2 -> {
                    // Half of the partitions are read ten times as slowly.
                    if (partition % 2 == 0 || random.nextInt(10) == 0) {
                        for (long each : source.emit(partition, random.nextInt(LARGEST_PIECE))) {
                            late += each < source.onTime() ? 1 : 0;
                            emitted++;
                        }
                    }
                }
                case 3 -> asked = source.ask();
                case 4 -> source.answer(asked);
                default -> {
                    source.pass(random.nextInt(2_000));
                    // While all are quiet, the clock of event times goes on too.
                    time += 2_000;
                }
            }
        }
        assertThat(late).as("late of %d, seed %d", emitted, seed).isZero();
        assertThat(emitted).isPositive();
        for (int partition = 0; partition < partitions; partition++) {
            source.emit(partition, Integer.MAX_VALUE);
        }
        source.quiet();
        source.round();
        assertThat(source.onTime()).as("the last record, seed %d", seed).isGreaterThan(time - STEPS * 2_000L);
    }

    /** The earliest partition is never paused, so that all are read. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6})
    void pauses_bound_how_far_partitions_are_ahead_and_stop_none_for_good(int seed) {
        Random random = new Random(seed);
        int partitions = 2 + random.nextInt(40);
        SimulatedSource source = new SimulatedSource(1 + random.nextInt(4), partitions);
        for (int partition = 0; partition < partitions; partition++) {
            for (int i = 0; i < 100; i++) {
                source.append(partition, i * 60_000L + random.nextInt(60_000));
            }
        }
        long[] newest = new long[partitions];
        List<Integer> readable = new ArrayList<>(source.readable());
        int rounds = 0;
        while (!readable.isEmpty() && rounds++ < 100_000) {
            int partition = readable.get(random.nextInt(readable.size()));
            for (long each : source.emit(partition, 5)) {
                newest[partition] = each;
                assertThat(each).as("seed %d", seed).isGreaterThanOrEqualTo(source.onTime());
                assertThat(each)
                        .as("ahead, seed %d", seed)
                        // Five records from one round to the next, and the first five, before any event time is known.
                        .isLessThanOrEqualTo(Math.max(source.onTime(), 0) + SimulatedSource.AHEAD_MILLIS + 12 * 60_000);
            }
            source.round();
            readable = new ArrayList<>(source.readable());
        }
        for (int partition = 0; partition < partitions; partition++) {
            assertThat(source.hasMore(partition))
                    .as("partition %d, seed %d", partition, seed)
                    .isFalse();
        }
    }
}
