package io.freshet.job.learn;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.job.TestStream;
import io.freshet.job.learn.LearnHarness.Backend;
import io.freshet.learning.features.Lineage;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.model.Weights;
import io.freshet.learning.spec.ModelSpec;
import java.util.Map;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Would catch samples lost, duplicated, or reordered when specifications are applied, changed, and deleted. */
class SpecChangeHarnessTest extends SpecChangeRun {
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
                            new Lineage.Change(40, 40, frozen.hash(), 0, 40),
                            new Lineage.Change(65, 40, whole.hash(), 0, 65));
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

    private static long samplesOf(String modelKey, long from, long to) {
        long samples = 0;
        for (long offset = from; offset < to; offset++) {
            samples += TestStream.sample(KEYED, offset).modelKey().equals(modelKey) ? 1 : 0;
        }
        return samples;
    }
}
