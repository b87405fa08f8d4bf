package io.freshet.job.order;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.job.TestLines;
import io.freshet.job.TestStream;
import io.freshet.job.learn.LearnHarness;
import io.freshet.job.learn.LearnHarness.Backend;
import io.freshet.job.state.ModelState;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.parameters.Weights;
import io.freshet.learning.spec.ModelSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Would catch an order that depends on arrival, checkpoints, or failures. */
class StrictOrderHarnessTest {
    private static final int COUNT = 7;
    private static final int[] SIZES = {200, 90, 143};
    private static final ModelSpec SPEC = strict("idle: 0");

    @ParameterizedTest
    @EnumSource(Backend.class)
    void learns_in_turn_for_any_order_of_arrival_and_any_failures(Backend backend) throws Exception {
        List<long[]> order = turns(COUNT, SIZES);
        String expected = oracle(SPEC, order);
        for (long seed = 1; seed <= 12; seed++) {
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

    @ParameterizedTest
    @EnumSource(Backend.class)
    void buffered_samples_are_learned_with_the_changed_specification(Backend backend) throws Exception {
        ModelSpec faster = changed(SPEC, "learningRate: 0.01", "learningRate: 0.5");
        List<long[]> order = turns(COUNT, 14, 7, 7);
        LearnerState expected = learned(SPEC, order.subList(0, 7));
        Learner after = new Learner(faster);
        for (long[] origin : order.subList(7, 28)) {
            after.learn(
                    expected,
                    TestStream.sample(faster, (int) origin[0], origin[1]).sample());
        }
        LearnHarness harness = LearnHarness.start(backend, SPEC);
        learn(harness, 0, 0, 14);
        learn(harness, 2, 0, 5);
        harness.applyPending(faster);
        OperatorSubtaskState barrier = harness.snapshot();
        harness.complete();
        try (LearnHarness restored = LearnHarness.restore(backend, barrier)) {
            for (LearnHarness each : List.of(harness, restored)) {
                assertThat(learned(each)).isEqualTo(7);
                learn(each, faster, 2, 5, 7);
                learn(each, faster, 1, 0, 7);
                assertThat(weights(each)).isEqualTo(expected.weights());
            }
        }
        harness.close();
    }

    /** A checkpoint may be reported complete after the next barrier. Samples after that barrier use its specification. */
    @ParameterizedTest
    @EnumSource(Backend.class)
    void buffered_samples_are_learned_with_the_changed_specification_after_a_late_decision(Backend backend)
            throws Exception {
        ModelSpec spec = strict("idle: 10s");
        ModelSpec faster = changed(spec, "learningRate: 0.01", "learningRate: 0.5");
        LearnHarness harness = LearnHarness.start(backend, spec);
        learn(harness, spec, 0, 0, 7);
        learn(harness, spec, 2, 0, 7);
        harness.time(20_000);
        harness.snapshot();
        harness.applyPending(faster);
        OperatorSubtaskState barrier = harness.snapshot();
        harness.flink().notifyOfCompletedCheckpoint(1);
        assertThat(learned(harness)).isEqualTo(7);
        harness.complete();
        assertThat(learned(harness)).isEqualTo(14);
        try (LearnHarness restored = LearnHarness.restore(backend, barrier)) {
            restored.time(20_001);
            assertThat(learned(restored)).isEqualTo(14);
            assertThat(weights(restored)).isEqualTo(weights(harness));
        }
        harness.close();
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void samples_buffered_for_a_reset_state_are_discarded(Backend backend) throws Exception {
        ModelSpec from = changed(SPEC, "reset: false", "reset: true");
        ModelSpec narrower = changed(from, "hashBits: 6", "hashBits: 5");
        List<long[]> order = new ArrayList<>();
        take(order, 1, 0, 7);
        take(order, 2, 5, 12);
        LearnHarness harness = LearnHarness.start(backend, from);
        learn(harness, from, 0, 0, 14);
        learn(harness, from, 2, 0, 5);
        harness.applyPending(narrower);
        OperatorSubtaskState barrier = harness.snapshot();
        harness.complete();
        try (LearnHarness restored = LearnHarness.restore(backend, barrier)) {
            for (LearnHarness each : List.of(harness, restored)) {
                learn(each, narrower, 2, 5, 12);
                learn(each, narrower, 1, 0, 7);
                assertThat(weights(each)).isEqualTo(weights(narrower, order));
            }
        }
        harness.close();
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void buffered_samples_are_learned_when_the_order_changes_to_arrival(Backend backend) throws Exception {
        ModelSpec arrival = ModelSpec.parse(
                SPEC.toYaml().replaceFirst("(?s)order:.*?\ndeduplicate", "order: arrival\ndeduplicate"));
        assertThat(arrival.stream().order().strict()).isFalse();
        try (LearnHarness harness = LearnHarness.start(backend, SPEC)) {
            learn(harness, 0, 0, 14);
            learn(harness, 2, 0, 5);
            harness.applyPending(arrival);
            OperatorSubtaskState barrier = harness.snapshot();
            harness.complete();
            assertThat(learned(harness)).isEqualTo(19);
            try (LearnHarness restored = LearnHarness.restore(backend, barrier)) {
                restored.time(1);
                assertThat(weights(restored)).isEqualTo(weights(harness));
                learn(restored, arrival, 2, 5, 9);
                assertThat(learned(restored)).isEqualTo(23);
            }
        }
    }

    @Test
    void deleting_a_model_discards_its_buffered_samples() throws Exception {
        try (LearnHarness harness = LearnHarness.start(SPEC)) {
            learn(harness, 2, 0, 5);
            harness.delete(SPEC);
            harness.apply(SPEC);
            harness.learn(TestStream.sample(SPEC, 2, 5));
            harness.end();
            assertThat(learned(harness)).isEqualTo(1);
        }
    }

    private static void learn(LearnHarness harness, int partition, long from, long to) throws Exception {
        learn(harness, SPEC, partition, from, to);
    }

    private static void learn(LearnHarness harness, ModelSpec spec, int partition, long from, long to)
            throws Exception {
        for (long offset = from; offset < to; offset++) {
            harness.learn(TestStream.sample(spec, partition, offset));
        }
    }

    private static long learned(LearnHarness harness) throws Exception {
        ModelState state = harness.models().get("whole/");
        return state == null ? 0 : state.learner().samples();
    }

    private static Weights weights(LearnHarness harness) throws Exception {
        return harness.models().get("whole/").learner().weights();
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

    /** Returns the partition and offset of each sample, taking turns to the end of all partitions. */
    private static List<long[]> turns(int count, int... sizes) {
        List<long[]> order = new ArrayList<>();
        int rounds = java.util.Arrays.stream(sizes).max().orElseThrow() / count + 1;
        for (int round = 0; round < rounds; round++) {
            for (int partition = 0; partition < sizes.length; partition++) {
                take(order, partition, round * count, Math.min(sizes[partition], (round + 1) * count));
            }
        }
        return order;
    }

    private static void take(List<long[]> order, int partition, int from, int to) {
        for (int offset = from; offset < to; offset++) {
            order.add(new long[] {partition, offset});
        }
    }

    private static LearnerState learned(ModelSpec spec, List<long[]> order) {
        Learner learner = new Learner(spec);
        LearnerState state = learner.start();
        for (long[] origin : order) {
            learner.learn(
                    state, TestStream.sample(spec, (int) origin[0], origin[1]).sample());
        }
        return state;
    }

    private static Weights weights(ModelSpec spec, List<long[]> order) {
        return learned(spec, order).weights();
    }

    private static String oracle(ModelSpec spec, List<long[]> order) {
        return TestLines.line(new Learner(spec).snapshot(learned(spec, order), ""));
    }

    private static ModelSpec strict(String idle) {
        return changed(
                TestStream.whole(1), "order: arrival", "order: {type: strict, count: " + COUNT + ", " + idle + "}");
    }

    private static ModelSpec changed(ModelSpec spec, String from, String to) {
        String yaml = spec.toYaml();
        assertThat(yaml).contains(from);
        return ModelSpec.parse(yaml.replace(from, to));
    }
}
