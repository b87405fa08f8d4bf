package io.freshet.job.learn;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.job.TestStream;
import io.freshet.job.learn.LearnHarness.Backend;
import io.freshet.learning.features.Lineage;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.spec.ModelSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Would catch a state that is lost, changed twice, or changed at another sample after a recovery, when features change. */
class FeatureChangeHarnessTest {
    private static final ModelSpec FEW = TestStream.keyed();
    /** Adds a standardized number before the others, and a hashed feature. */
    private static final ModelSpec MORE =
            features(FEW, "{numeric: [w, a, b], categorical: [d], tokens: [c], hashBits: 4}");

    private static final ModelSpec LESS = features(FEW, "{numeric: [b], categorical: [d], hashBits: 4}");

    @ParameterizedTest
    @EnumSource(Backend.class)
    void a_change_of_features_continues_at_the_barrier_and_after_a_recovery(Backend backend) throws Exception {
        Map<String, String> expected = changedAt40();
        OperatorSubtaskState atTheBarrier;
        OperatorSubtaskState whileBuffered;
        try (LearnHarness harness = LearnHarness.start(backend, FEW)) {
            harness.learn(FEW, 0, 20);
            harness.applyPending(MORE);
            harness.learn(FEW, 20, 40);
            atTheBarrier = harness.snapshot();
            harness.learn(MORE, 40, 60);
            whileBuffered = harness.snapshot();
            harness.complete();
            harness.learn(MORE, 60, 80);
            assertThat(harness.learnerStates()).isEqualTo(expected);
        }
        try (LearnHarness restored = LearnHarness.restore(backend, atTheBarrier)) {
            restored.learn(MORE, 40, 80);
            assertThat(restored.learnerStates()).isEqualTo(expected);
        }
        try (LearnHarness restored = LearnHarness.restore(backend, whileBuffered)) {
            restored.learn(MORE, 60, 80);
            assertThat(restored.learnerStates()).isEqualTo(expected);
        }
    }

    @Test
    void a_changed_state_counts_on_and_records_where_the_features_changed() throws Exception {
        try (LearnHarness harness = LearnHarness.start(FEW)) {
            harness.learn(FEW, 0, 40);
            harness.apply(MORE);
            harness.learn(MORE, 40, 80);

            harness.models().forEach((modelKey, state) -> {
                LearnerState learner = state.learner();
                assertThat(learner.samples() + learner.pending().size())
                        .isEqualTo(learner.lineage().position());
                assertThat(learner.lineage().changes())
                        .extracting(Lineage.Change::specHash)
                        .containsExactly(FEW.hash(), MORE.hash());
                assertThat(state.stateHash()).isEqualTo(MORE.stateHash());
                assertThat(state.published().version()).isPositive();
            });
        }
    }

    /** A key may return long after its specification was superseded, and after a savepoint and a rescale. */
    @ParameterizedTest
    @EnumSource(Backend.class)
    void a_key_that_was_absent_during_changes_continues_from_its_old_features(Backend backend) throws Exception {
        String late = TestStream.sample(FEW, 0).modelKey();
        Map<String, String> expected;
        try (LearnHarness harness = LearnHarness.start(FEW)) {
            harness.learn(FEW, 0, 40);
            harness.apply(LESS);
            learnOthers(harness, LESS, 40, 60, late);
            harness.apply(MORE);
            harness.learn(MORE, 60, 80);
            expected = harness.learnerStates();
            assertThat(harness.models().get(late).learner().lineage().changes())
                    .extracting(Lineage.Change::specHash)
                    .containsExactly(FEW.hash(), MORE.hash());
        }
        OperatorSubtaskState savepoint;
        try (LearnHarness harness = LearnHarness.start(backend, FEW)) {
            harness.learn(FEW, 0, 40);
            harness.apply(LESS);
            learnOthers(harness, LESS, 40, 60, late);
            harness.apply(MORE);
            savepoint = harness.snapshot();
        }
        List<OperatorSubtaskState> parts = new ArrayList<>();
        for (int subtask = 0; subtask < 3; subtask++) {
            try (LearnHarness part = LearnHarness.restore(backend, savepoint, 1, 3, subtask)) {
                parts.add(part.snapshot());
            }
        }
        OperatorSubtaskState all =
                AbstractStreamOperatorTestHarness.repackageState(parts.toArray(OperatorSubtaskState[]::new));
        try (LearnHarness restored = LearnHarness.restore(backend, all, 3, 1, 0)) {
            restored.learn(MORE, 60, 80);
            assertThat(restored.learnerStates()).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void a_rollback_continues_without_the_features_that_were_added(Backend backend) throws Exception {
        Map<String, String> expected;
        try (LearnHarness harness = LearnHarness.start(FEW)) {
            rollBack(harness);
            expected = harness.learnerStates();
            assertThat(harness.models().values())
                    .allSatisfy(state ->
                            assertThat(state.learner().lineage().changes()).hasSize(3))
                    .allSatisfy(state -> assertThat(state.learner().moments()).hasSize(5));
        }
        try (LearnHarness harness = LearnHarness.start(backend, FEW)) {
            rollBack(harness);
            assertThat(harness.learnerStates()).isEqualTo(expected);
        }
    }

    private static void rollBack(LearnHarness harness) throws Exception {
        harness.learn(FEW, 0, 40);
        harness.apply(MORE);
        harness.learn(MORE, 40, 80);
        harness.apply(FEW);
        harness.learn(FEW, 80, 120);
    }

    @Test
    void a_state_that_still_has_the_old_features_is_published_and_finished_with_them() throws Exception {
        ModelSpec slow = changed(FEW, "everySamples: 10", "everySamples: 1000");
        ModelSpec more = features(slow, "{numeric: [w, a, b], categorical: [d], hashBits: 4}");
        try (LearnHarness harness = LearnHarness.start(slow)) {
            harness.learn(slow, 0, 40);
            harness.takeSnapshots();
            harness.apply(more);
            harness.time(60_000);
            assertThat(harness.takeSnapshots()).isNotEmpty().allMatch(line -> line.contains(slow.hash()));
            harness.end();
            assertThat(harness.models().values())
                    .allSatisfy(state ->
                            assertThat(state.learner().pending().size()).isZero())
                    .allSatisfy(state -> assertThat(state.stateHash()).isEqualTo(slow.stateHash()));
        }
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void a_model_that_is_stored_in_blocks_continues(Backend backend) throws Exception {
        ModelSpec large = features(FEW, "{numeric: [a], categorical: [d], hashBits: 17}");
        ModelSpec larger = features(FEW, "{numeric: [w, a], categorical: [d, c], hashBits: 17}");
        Map<String, String> expected;
        try (LearnHarness harness = LearnHarness.start(large)) {
            harness.learn(large, 0, 20);
            harness.apply(larger);
            harness.learn(larger, 20, 40);
            expected = harness.learnerStates();
        }
        OperatorSubtaskState state;
        try (LearnHarness harness = LearnHarness.start(backend, large)) {
            harness.learn(large, 0, 20);
            harness.apply(larger);
            harness.learn(larger, 20, 30);
            state = harness.snapshot();
        }
        try (LearnHarness restored = LearnHarness.restore(backend, state)) {
            restored.learn(larger, 30, 40);
            assertThat(restored.learnerStates()).isEqualTo(expected);
        }
    }

    @Test
    void a_deleted_model_starts_from_scratch_with_any_features() throws Exception {
        Map<String, String> expected;
        try (LearnHarness harness = LearnHarness.start(MORE)) {
            harness.learn(MORE, 40, 60);
            expected = harness.learnerStates();
        }
        try (LearnHarness harness = LearnHarness.start(FEW)) {
            harness.learn(FEW, 0, 40);
            harness.apply(MORE);
            harness.delete(MORE);
            harness.apply(MORE);
            harness.learn(MORE, 40, 60);
            assertThat(harness.learnerStates()).isEqualTo(expected);
        }
    }

    /** Returns the states after learning offsets [0, 40) with one specification and [40, 80) with another. */
    private static Map<String, String> changedAt40() throws Exception {
        try (LearnHarness harness = LearnHarness.start(FEW)) {
            harness.learn(FEW, 0, 40);
            harness.apply(MORE);
            harness.learn(MORE, 40, 80);
            return harness.learnerStates();
        }
    }

    private static void learnOthers(LearnHarness harness, ModelSpec spec, long from, long to, String except)
            throws Exception {
        for (long offset = from; offset < to; offset++) {
            if (!TestStream.sample(spec, offset).modelKey().equals(except)) {
                harness.learn(spec, offset, offset + 1);
            }
        }
    }

    private static ModelSpec features(ModelSpec spec, String features) {
        String yaml = spec.toYaml();
        int from = yaml.indexOf("features:");
        int to = yaml.indexOf("\nmodel:");
        return ModelSpec.parse(yaml.substring(0, from) + "features: " + features + yaml.substring(to));
    }

    private static ModelSpec changed(ModelSpec spec, String from, String to) {
        assertThat(spec.toYaml()).contains(from);
        return ModelSpec.parse(spec.toYaml().replace(from, to));
    }
}
