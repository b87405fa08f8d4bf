package io.freshet.job.learn;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.job.TestLines;
import io.freshet.job.TestStream;
import io.freshet.job.learn.LearnHarness.Backend;
import io.freshet.job.record.OutputRecord;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.lineage.Lineage;
import io.freshet.learning.parameters.Weights;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.topic.DeadLetterHeaders;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Would catch samples lost, duplicated, or reordered when specifications are applied, changed, and deleted. */
class SpecChangeHarnessTest {
    private static final ModelSpec KEYED = changed(TestStream.keyed(), "reset: false", "reset: true");
    private static final ModelSpec FASTER = changed(KEYED, "learningRate: 0.01", "learningRate: 0.5");
    private static final ModelSpec SLOWER = changed(KEYED, "learningRate: 0.01", "learningRate: 0.001");
    private static final ModelSpec NARROWER = changed(KEYED, "hashBits: 4", "hashBits: 3");

    @ParameterizedTest
    @EnumSource(Backend.class)
    void samples_received_before_their_specification_are_learned_first(Backend backend) throws Exception {
        try (LearnHarness harness = LearnHarness.start(backend)) {
            harness.learn(KEYED, 0, 40);
            assertThat(harness.models()).isEmpty();

            harness.apply(KEYED);
            harness.learn(KEYED, 40, 60);

            assertThat(harness.learnerStates()).isEqualTo(learned(KEYED, 0, 60));
        }
    }

    @Test
    void a_late_specification_learns_its_buffered_samples() throws Exception {
        try (LearnHarness harness = LearnHarness.start()) {
            harness.learn(KEYED, 0, 40);
            harness.time(60_000);
            harness.apply(KEYED);
            harness.time(120_000);

            assertThat(harness.learnerStates()).isEqualTo(learned(KEYED, 0, 40));
            assertThat(harness.models())
                    .allSatisfy(
                            (modelKey, state) -> assertThat(state.published().version())
                                    .as(modelKey)
                                    .isEqualTo(state.learner().samples()));
        }
    }

    @Test
    void buffered_samples_are_learned_once() throws Exception {
        try (LearnHarness harness = LearnHarness.start()) {
            harness.learn(KEYED, 0, 20);
            harness.learn(NARROWER, 20, 40);
            harness.apply(KEYED);
            harness.time(60_000);
            harness.time(120_000);
            assertThat(harness.learnerStates()).isEqualTo(learned(KEYED, 0, 20));

            harness.apply(NARROWER);
            harness.time(180_000);

            assertThat(harness.learnerStates()).isEqualTo(learned(NARROWER, 20, 40));
        }
    }

    @Test
    void buffered_samples_are_learned_at_the_end_of_input() throws Exception {
        try (LearnHarness harness = LearnHarness.start()) {
            harness.applyPending(KEYED);
            harness.learn(KEYED, 0, 40);
            assertThat(harness.models()).isEmpty();
            harness.end();

            assertThat(harness.models())
                    .hasSize(5)
                    .allSatisfy(
                            (modelKey, state) -> assertThat(state.published().version())
                                    .as(modelKey)
                                    .isEqualTo(state.learner().total().samples()));
            assertThat(harness.takeEvaluations().stream().filter(line -> line.contains(" last ")))
                    .hasSize(5);
        }
    }

    /** Other decoders have switched to a specification that the first one did not receive before its input ended. */
    @Test
    void samples_whose_specification_cannot_arrive_become_dead_letters_at_the_end_of_input() throws Exception {
        try (LearnHarness harness = LearnHarness.start(KEYED)) {
            harness.learn(KEYED, 0, 20);
            harness.learn(FASTER, 20, 40);
            harness.learn(KEYED, 40, 60);
            harness.end();

            List<OutputRecord> rejected = harness.take(OutputRecord.DEAD_LETTERS);
            assertThat(rejected)
                    .hasSize(20)
                    .allSatisfy(letter -> assertThat(TestLines.headers(letter).get(DeadLetterHeaders.MESSAGE))
                            .isEqualTo("specification: " + FASTER.hash()
                                    + " (expected: one that was applied before the end of the input)"));
            assertThat(rejected.stream().map(letter -> TestLines.headers(letter).get(DeadLetterHeaders.OFFSET)))
                    .containsExactlyInAnyOrderElementsOf(
                            IntStream.range(20, 40).mapToObj(String::valueOf).toList());
            assertThat(harness.models().values().stream()
                            .mapToLong(state -> state.learner().total().samples())
                            .sum())
                    .isEqualTo(40);
        }
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void a_checkpoint_contains_buffered_samples(Backend backend) throws Exception {
        try (LearnHarness harness = LearnHarness.start(backend)) {
            harness.learn(KEYED, 0, 40);
            OperatorSubtaskState state = harness.snapshot();

            try (LearnHarness restored = LearnHarness.restore(backend, state)) {
                restored.apply(KEYED);
                restored.learn(KEYED, 40, 60);
                restored.time(60_000);
                assertThat(restored.learnerStates()).isEqualTo(learned(KEYED, 0, 60));
            }
        }
    }

    @Test
    void a_changed_learning_rate_keeps_the_state() throws Exception {
        try (LearnHarness harness = LearnHarness.start(KEYED)) {
            harness.learn(KEYED, 0, 40);
            Map<String, String> before = harness.states();
            harness.apply(FASTER);
            assertThat(harness.states()).isEqualTo(before);

            harness.learn(FASTER, 40, 41);

            String modelKey = TestStream.sample(FASTER, 40).modelKey();
            assertThat(harness.models().get(modelKey).learner().total().samples())
                    .isEqualTo(samplesOf(modelKey, 0, 41));
        }
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void a_change_is_used_from_the_barrier_on_once_its_checkpoint_is_complete(Backend backend) throws Exception {
        Map<String, String> expected = changedAt40();
        try (LearnHarness harness = LearnHarness.start(backend, KEYED)) {
            harness.learn(KEYED, 0, 20);
            harness.applyPending(FASTER);
            harness.learn(KEYED, 20, 40);
            assertThat(harness.learnerStates()).isEqualTo(learned(KEYED, 0, 40));
            harness.snapshot();
            harness.learn(FASTER, 40, 60);
            assertThat(harness.learnerStates()).as("buffered").isEqualTo(learned(KEYED, 0, 40));

            harness.complete();
            harness.learn(FASTER, 60, 80);

            assertThat(harness.learnerStates()).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void a_recovery_uses_a_change_at_the_same_sample(Backend backend) throws Exception {
        Map<String, String> expected = changedAt40();
        OperatorSubtaskState atTheBarrier;
        OperatorSubtaskState whileBuffered;
        try (LearnHarness harness = LearnHarness.start(backend, KEYED)) {
            harness.applyPending(FASTER);
            harness.learn(KEYED, 0, 40);
            atTheBarrier = harness.snapshot();
            harness.learn(FASTER, 40, 60);
            whileBuffered = harness.snapshot();
        }
        try (LearnHarness restored = LearnHarness.restore(backend, atTheBarrier)) {
            restored.learn(FASTER, 40, 80);
            assertThat(restored.learnerStates()).isEqualTo(expected);
        }
        try (LearnHarness restored = LearnHarness.restore(backend, whileBuffered)) {
            restored.learn(FASTER, 60, 80);
            assertThat(restored.learnerStates()).isEqualTo(expected);
        }
        try (LearnHarness restored = LearnHarness.restore(backend, whileBuffered)) {
            restored.time(1);
            restored.end();
            restored.learn(FASTER, 60, 80);
            assertThat(restored.models()).hasSize(5);
        }
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void buffered_samples_are_learned_after_a_recovery_with_a_newer_specification(Backend backend) throws Exception {
        Map<String, String> expected;
        OperatorSubtaskState state;
        try (LearnHarness harness = LearnHarness.start(backend, KEYED)) {
            harness.learn(KEYED, 0, 20);
            harness.applyPending(FASTER);
            harness.snapshot();
            harness.learn(FASTER, 20, 40);
            harness.applyPending(SLOWER);
            state = harness.snapshot();
            harness.learn(SLOWER, 40, 60);
            harness.complete();
            expected = harness.learnerStates();
            assertThat(expected).isNotEqualTo(learned(KEYED, 0, 60));
            assertThat(harness.models()
                            .get(TestStream.sample(KEYED, 0).modelKey())
                            .learner()
                            .lineage()
                            .changes())
                    .extracting(change -> change.specHash())
                    .containsExactly(KEYED.hash(), FASTER.hash(), SLOWER.hash());
        }
        try (LearnHarness restored = LearnHarness.restore(backend, state)) {
            restored.learn(SLOWER, 40, 60);
            assertThat(restored.learnerStates()).isEqualTo(expected);
        }
        try (LearnHarness restored = LearnHarness.restore(backend, state)) {
            // Reverts the change: the newest specification is again the one that the samples wait for.
            restored.applyPending(FASTER);
            restored.learn(SLOWER, 40, 60);
            assertThat(restored.learnerStates()).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void buffered_samples_of_a_deleted_model_are_dropped(Backend backend) throws Exception {
        OperatorSubtaskState state;
        try (LearnHarness harness = LearnHarness.start(backend)) {
            harness.applyPending(KEYED);
            harness.snapshot();
            harness.learn(KEYED, 0, 40);
            harness.delete(KEYED);
            state = harness.snapshot();
            harness.apply(KEYED);
            harness.learn(KEYED, 40, 60);
            assertThat(harness.learnerStates()).isEqualTo(learned(KEYED, 40, 60));
        }
        try (LearnHarness restored = LearnHarness.restore(backend, state)) {
            restored.apply(KEYED);
            restored.learn(KEYED, 40, 60);
            assertThat(restored.learnerStates()).isEqualTo(learned(KEYED, 40, 60));
        }
    }

    @Test
    void a_timer_uses_an_active_specification() throws Exception {
        try (LearnHarness harness = LearnHarness.start(KEYED)) {
            harness.learn(KEYED, 0, 40);
            harness.takeSnapshots();
            harness.apply(FASTER);
            harness.applyPending(SLOWER);
            harness.time(60_000);

            assertThat(harness.takeSnapshots()).isNotEmpty().allMatch(line -> line.contains(FASTER.hash()));
        }
    }

    /** Returns the states after learning offsets [0, 40) with one specification and [40, 80) with another. */
    private static Map<String, String> changedAt40() throws Exception {
        try (LearnHarness harness = LearnHarness.start(KEYED)) {
            harness.learn(KEYED, 0, 40);
            harness.apply(FASTER);
            harness.learn(FASTER, 40, 80);
            assertThat(harness.models()
                            .get(TestStream.sample(KEYED, 0).modelKey())
                            .learner()
                            .lineage()
                            .changes())
                    .extracting(change -> change.specHash())
                    .containsExactly(KEYED.hash(), FASTER.hash());
            return harness.learnerStates();
        }
    }

    @Test
    void changed_features_with_reset_start_from_scratch() throws Exception {
        try (LearnHarness harness = LearnHarness.start(KEYED)) {
            harness.learn(KEYED, 0, 40);
            harness.applyPending(NARROWER);
            harness.learn(KEYED, 40, 50);
            assertThat(harness.learnerStates()).isEqualTo(learned(KEYED, 0, 50));
            harness.snapshot();
            harness.complete();
            harness.learn(NARROWER, 50, 90);

            assertThat(harness.learnerStates()).isEqualTo(learned(NARROWER, 50, 90));
        }
    }

    /** "reset: true" stays in the specification, and must not reset the state again. */
    @ParameterizedTest
    @EnumSource(Backend.class)
    void a_reset_happens_once(Backend backend) throws Exception {
        ModelSpec faster = changed(NARROWER, "learningRate: 0.01", "learningRate: 0.5");
        OperatorSubtaskState state;
        try (LearnHarness harness = LearnHarness.start(backend, KEYED)) {
            harness.learn(KEYED, 0, 40);
            harness.apply(NARROWER);
            harness.learn(NARROWER, 40, 60);
            harness.apply(faster);
            harness.learn(faster, 60, 80);
            state = harness.snapshot();
        }
        try (LearnHarness restored = LearnHarness.restore(backend, state)) {
            restored.learn(faster, 80, 100);
            restored.models()
                    .forEach((modelKey, model) -> assertThat(
                                    model.learner().total().samples()
                                            + model.learner().pending().size())
                            .as(modelKey)
                            .isEqualTo(samplesOf(modelKey, 40, 100)));
        }
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void a_frozen_model_predicts_and_scores_and_learns_nothing(Backend backend) throws Exception {
        ModelSpec whole = TestStream.whole(1);
        ModelSpec frozen = changed(whole, "frozen: false", "frozen: true");
        OperatorSubtaskState state;
        try (LearnHarness harness = LearnHarness.start(backend, whole)) {
            harness.learn(whole, 0, 40);
            Weights weights = harness.models().get("whole/").learner().weights().copy();
            harness.takeSnapshots();
            harness.takeEvaluations();
            harness.apply(frozen);
            harness.learn(frozen, 40, 60);
            harness.time(60_000);

            assertThat(harness.takeSnapshots()).isEmpty();
            assertThat(harness.takeEvaluations()).hasSize(4);
            LearnerState learner = harness.models().get("whole/").learner();
            assertThat(learner.weights()).isEqualTo(weights);
            assertThat(learner.samples()).isEqualTo(40);
            assertThat(learner.total().samples()).isEqualTo(60);
            assertThat(learner.lineage().position()).isEqualTo(60);
            state = harness.snapshot();
        }
        try (LearnHarness restored = LearnHarness.restore(backend, state)) {
            restored.learn(frozen, 60, 65);
            restored.apply(whole);
            restored.learn(whole, 65, 75);

            LearnerState learner = restored.models().get("whole/").learner();
            assertThat(learner.samples()).isEqualTo(50);
            assertThat(learner.lineage().changes())
                    .containsExactly(
                            new Lineage.Change(0, 0, whole.hash()),
                            new Lineage.Change(40, 40, frozen.hash()),
                            new Lineage.Change(65, 40, whole.hash()));
            assertThat(restored.takeSnapshots()).hasSize(1);
        }
    }

    @Test
    void changed_features_without_reset_are_refused() throws Exception {
        ModelSpec refused = changed(NARROWER, "reset: true", "reset: false");
        try (LearnHarness harness = LearnHarness.start(KEYED)) {
            harness.learn(KEYED, 0, 40);
            harness.apply(refused);
            harness.learn(KEYED, 40, 50);

            assertThat(harness.learnerStates()).isEqualTo(learned(KEYED, 0, 50));
        }
    }

    @Test
    void a_timer_that_fires_between_two_specifications_does_not_stop_the_next_ones() throws Exception {
        try (LearnHarness harness = LearnHarness.start(KEYED)) {
            harness.learn(KEYED, 0, 40);
            harness.apply(NARROWER);
            harness.time(10_000);
            harness.apply(KEYED);
            harness.takeSnapshots();

            harness.learn(KEYED, 40, 60);
            harness.time(20_000);

            assertThat(harness.models())
                    .allSatisfy(
                            (modelKey, state) -> assertThat(state.published().version())
                                    .as(modelKey)
                                    .isEqualTo(state.learner().samples()));
        }
    }

    @Test
    void a_smaller_batch_includes_the_pending_samples_of_a_larger_one() throws Exception {
        ModelSpec large = TestStream.whole(8);
        ModelSpec small = TestStream.whole(4);
        ModelSpec single = TestStream.whole(1);
        try (LearnHarness harness = LearnHarness.start(large)) {
            harness.learn(large, 0, 7);
            harness.apply(small);
            harness.learn(small, 7, 8);
            assertThat(harness.models().get("whole/").learner().samples()).isEqualTo(8);

            harness.learn(small, 8, 11);
            harness.apply(single);
            harness.learn(single, 11, 12);
            assertThat(harness.models().get("whole/").learner().samples()).isEqualTo(12);
            assertThat(harness.models().get("whole/").learner().updates()).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void a_deleted_model_leaves_only_tombstones(Backend backend) throws Exception {
        ModelSpec other = TestStream.whole(4);
        try (LearnHarness harness = LearnHarness.start(backend, KEYED, other)) {
            harness.learn(KEYED, 0, 40);
            harness.learn(other, 0, 40);
            harness.takeSnapshots();
            harness.takeEvaluations();
            String[] tombstones = IntStream.range(0, 5)
                    .mapToObj(key -> "delete keyed/c" + key)
                    .toArray(String[]::new);

            harness.delete(KEYED);

            assertThat(harness.states()).containsOnlyKeys("whole/");
            assertThat(harness.takeSnapshots()).containsExactlyInAnyOrder(tombstones);
            assertThat(harness.takeEvaluations()).containsExactlyInAnyOrder(tombstones);
            harness.learn(KEYED, 40, 60);
            harness.time(60_000);
            harness.end();
            assertThat(harness.states()).containsOnlyKeys("whole/");
            assertThat(harness.takeSnapshots()).allMatch(line -> line.startsWith("whole/"));
        }
    }

    @Test
    void a_model_applied_again_starts_from_scratch() throws Exception {
        try (LearnHarness harness = LearnHarness.start(KEYED)) {
            harness.learn(KEYED, 0, 40);
            harness.delete(KEYED);
            harness.apply(KEYED);
            harness.learn(KEYED, 40, 60);

            assertThat(harness.learnerStates()).isEqualTo(learned(KEYED, 40, 60));
            harness.takeEvaluations();
            harness.end();
            assertThat(harness.takeEvaluations()).hasSize(5);
        }
    }

    /** Returns the keys of a snapshot of 2^18 + 3 parameters. */
    private static List<String> large() {
        return Stream.concat(Stream.of("whole/"), IntStream.range(0, 17).mapToObj(block -> "whole#" + block + "/"))
                .toList();
    }

    @Test
    void a_deleted_large_model_gets_a_tombstone_for_each_block() throws Exception {
        ModelSpec large = changed(TestStream.whole(1), "hashBits: 6", "hashBits: 18");
        try (LearnHarness harness = LearnHarness.start(large)) {
            harness.learn(large, 0, 10);
            assertThat(keys(harness.takeParameters())).containsExactlyInAnyOrderElementsOf(large());

            harness.delete(large);

            List<OutputRecord> tombstones = harness.takeParameters();
            assertThat(keys(tombstones)).containsExactlyElementsOf(large());
            assertThat(tombstones).allMatch(record -> record.value() == null);
            assertThat(tombstones).allMatch(record -> record.partitionKey().equals("whole/"));
        }
    }

    @Test
    void blocks_that_a_smaller_model_does_not_have_are_deleted() throws Exception {
        ModelSpec small = changed(TestStream.whole(1), "reset: false", "reset: true");
        ModelSpec large = changed(small, "hashBits: 6", "hashBits: 18");
        try (LearnHarness harness = LearnHarness.start(large)) {
            harness.learn(large, 0, 10);
            harness.apply(small);
            harness.takeParameters();
            harness.learn(small, 10, 20);
            List<OutputRecord> records = harness.takeParameters();
            assertThat(keys(records)).containsExactlyElementsOf(large());
            assertThat(records.get(0).value()).isNotNull();
            assertThat(records.subList(1, records.size())).allMatch(record -> record.value() == null);
            harness.learn(small, 20, 30);
            assertThat(keys(harness.takeParameters())).containsExactly("whole/");

            harness.apply(large);
            harness.learn(large, 30, 40);
            harness.apply(small);
            harness.takeParameters();
            harness.delete(small);
            assertThat(keys(harness.takeParameters())).containsExactlyElementsOf(large());
        }
    }

    private static List<String> keys(List<OutputRecord> records) {
        return records.stream().map(record -> new String(record.key(), UTF_8)).toList();
    }

    private static ModelSpec changed(ModelSpec spec, String from, String to) {
        String yaml = spec.toYaml();
        assertThat(yaml).contains(from);
        return ModelSpec.parse(yaml.replace(from, to));
    }

    private static long samplesOf(String modelKey, long from, long to) {
        long samples = 0;
        for (long offset = from; offset < to; offset++) {
            samples += TestStream.sample(KEYED, offset).modelKey().equals(modelKey) ? 1 : 0;
        }
        return samples;
    }

    /** Returns the states of a learner that had the specification from the start. */
    private static Map<String, String> learned(ModelSpec spec, long from, long to) throws Exception {
        try (LearnHarness harness = LearnHarness.start(spec)) {
            harness.learn(spec, from, to);
            return harness.learnerStates();
        }
    }
}
