package io.freshet.job.learn;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.job.TestLines;
import io.freshet.job.TestStream;
import io.freshet.job.learn.LearnHarness.Backend;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.spec.ModelSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Would catch an order that depends on arrival, checkpoints, or failures. */
class StrictOrderHarnessTest extends StrictOrderRun {
    private static final int[] SIZES = {100, 45, 71};

    @ParameterizedTest
    @EnumSource(Backend.class)
    void learns_in_turn_for_any_order_of_arrival_and_any_failures(Backend backend) throws Exception {
        List<long[]> order = turns(COUNT, SIZES);
        String expected = oracle(SPEC, order);
        for (long seed = 1; seed <= backend.trials(12); seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            LearnHarness harness = LearnHarness.start(backend, SPEC);
            OperatorSubtaskState checkpoint = harness.snapshot();
            int[] next = new int[SIZES.length];
            int[] restart = next.clone();
            int favorite = 0;
            while (left(next) > 0) {
                int partition = random.nextInt(3) == 0 ? random.nextInt(SIZES.length) : favorite;
                if (next[partition] < SIZES[partition]) {
                    harness.learn(TestStream.sample(SPEC, partition, next[partition]++));
                } else {
                    favorite = random.nextInt(SIZES.length);
                }
                int what = random.nextInt(100);
                if (what < 3) {
                    checkpoint = harness.snapshot();
                    restart = next.clone();
                    if (what > 0) {
                        harness.complete();
                    }
                } else if (what < 5) {
                    harness.close();
                    harness = LearnHarness.restore(backend, checkpoint);
                    next = restart.clone();
                } else if (what < 8) {
                    favorite = random.nextInt(SIZES.length);
                }
            }
            harness.takeSnapshots();
            harness.end();
            assertThat(last(harness)).as("seed %s", seed).isEqualTo(expected);
            harness.close();
        }
    }

    @Test
    void learns_samples_as_soon_as_they_are_in_turn() throws Exception {
        try (LearnHarness harness = LearnHarness.start(SPEC)) {
            learn(harness, 1, 0, 20);
            learn(harness, 2, 0, 5);
            assertThat(harness.models()).isEmpty();
            learn(harness, 0, 0, 6);
            assertThat(learned(harness)).isEqualTo(6);
            learn(harness, 0, 6, 7);
            assertThat(learned(harness)).isEqualTo(7 + 7 + 5);
            learn(harness, 2, 5, 7);
            assertThat(learned(harness)).isEqualTo(21);
        }
    }

    /** A worked example of a partition that becomes silent and resumes. */
    @ParameterizedTest
    @EnumSource(Backend.class)
    void a_silent_partition_is_skipped_once_that_is_durable_and_joins_when_a_round_ends(Backend backend)
            throws Exception {
        ModelSpec spec = strict("idle: 10s");
        List<long[]> order = new ArrayList<>();
        take(order, 0, 0, 7);
        take(order, 1, 0, 3);
        // Partition 1 is silent from here on.
        take(order, 2, 0, 7);
        take(order, 0, 7, 14);
        take(order, 2, 7, 14);
        // The partition resumed, and the round has ended.
        take(order, 0, 14, 21);
        take(order, 1, 3, 10);
        take(order, 2, 14, 21);
        take(order, 0, 21, 28);
        LearnHarness harness = LearnHarness.start(backend, spec);
        harness.time(1_000);
        learn(harness, spec, 0, 0, 28);
        learn(harness, spec, 1, 0, 3);
        learn(harness, spec, 2, 0, 13);
        assertThat(learned(harness)).isEqualTo(10);
        harness.time(10_999);
        harness.snapshot();
        harness.complete();
        assertThat(learned(harness)).as("not silent long enough").isEqualTo(10);

        harness.time(11_000);
        OperatorSubtaskState decided = harness.snapshot();
        assertThat(learned(harness)).as("decided but not durable").isEqualTo(10);
        learn(harness, spec, 1, 3, 4);
        assertThat(learned(harness)).as("its turn is over").isEqualTo(10);

        LearnHarness restored = LearnHarness.restore(backend, decided);
        restored.time(11_000);
        harness.complete();
        learn(restored, spec, 1, 3, 4);
        for (LearnHarness each : List.of(harness, restored)) {
            each.time(12_000);
            assertThat(learned(each)).isEqualTo(10 + 7 + 7 + 6);
            OperatorSubtaskState joining = each.snapshot();
            learn(each, spec, 2, 13, 22);
            assertThat(learned(each))
                    .as("the round ends, but the joining partition is not durable")
                    .isEqualTo(10 + 7 + 7 + 7);
            each.complete();
            assertThat(learned(each)).isEqualTo(10 + 4 * 7 + 1);
            try (LearnHarness again = LearnHarness.restore(backend, joining)) {
                learn(again, spec, 2, 13, 22);
                learn(again, spec, 1, 4, 10);
                assertThat(weights(again)).isEqualTo(weights(spec, order));
            }
            learn(each, spec, 1, 4, 10);
            assertThat(weights(each)).isEqualTo(weights(spec, order));
            each.close();
        }
    }

    @Test
    void a_decision_of_a_failed_checkpoint_takes_effect_with_a_later_one() throws Exception {
        ModelSpec spec = strict("idle: 10s");
        try (LearnHarness harness = LearnHarness.start(spec)) {
            learn(harness, spec, 0, 0, 7);
            learn(harness, spec, 2, 0, 7);
            harness.time(20_000);
            harness.snapshot();
            harness.snapshot();
            assertThat(learned(harness)).isEqualTo(7);
            harness.complete();
            assertThat(learned(harness)).isEqualTo(14);
        }
    }

    @Test
    void no_partition_is_skipped_when_no_sample_is_buffered() throws Exception {
        ModelSpec spec = strict("idle: 10s");
        try (LearnHarness harness = LearnHarness.start(spec)) {
            learn(harness, spec, 0, 0, 7);
            harness.time(20_000);
            harness.snapshot();
            harness.complete();
            learn(harness, spec, 0, 7, 14);
            assertThat(learned(harness)).as("it is partition 1's turn").isEqualTo(7);
        }
    }

    @Test
    void idle_0_waits_indefinitely() throws Exception {
        try (LearnHarness harness = LearnHarness.start(SPEC)) {
            learn(harness, 0, 0, 50);
            harness.time(1_000_000_000);
            harness.snapshot();
            harness.complete();
            assertThat(learned(harness)).isEqualTo(7);
        }
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void an_added_partition_joins_when_a_round_ends(Backend backend) throws Exception {
        List<long[]> order = new ArrayList<>();
        take(order, 0, 0, 7);
        take(order, 1, 0, 7);
        take(order, 2, 0, 7);
        take(order, 0, 7, 14);
        take(order, 1, 7, 14);
        take(order, 2, 7, 14);
        take(order, 0, 14, 21);
        take(order, 1, 14, 21);
        take(order, 2, 14, 21);
        take(order, 3, 0, 7);
        try (LearnHarness harness = LearnHarness.start(backend, SPEC)) {
            learn(harness, 0, 0, 7);
            learn(harness, 1, 0, 7);
            learn(harness, 2, 0, 7);
            learn(harness, 0, 7, 14);
            learn(harness, 3, 0, 7);
            harness.snapshot();
            harness.complete();
            learn(harness, 1, 7, 14);
            learn(harness, 2, 7, 14);
            learn(harness, 0, 14, 21);
            learn(harness, 1, 14, 21);
            learn(harness, 2, 14, 21);
            assertThat(weights(harness)).isEqualTo(weights(SPEC, order));
        }
    }

    private static String last(LearnHarness harness) {
        List<String> snapshots = harness.takeSnapshots();
        String line = snapshots.get(snapshots.size() - 1);
        return line.substring(0, line.indexOf(" Metrics"));
    }

    private static int left(int[] next) {
        int left = 0;
        for (int i = 0; i < next.length; i++) {
            left += SIZES[i] - next[i];
        }
        return left;
    }

    private static String oracle(ModelSpec spec, List<long[]> order) {
        return TestLines.line(new Learner(spec).snapshot(learned(spec, order), ""));
    }
}
