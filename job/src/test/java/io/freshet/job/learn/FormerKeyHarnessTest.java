package io.freshet.job.learn;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.job.learn.LearnHarness.Backend;
import io.freshet.learning.spec.ModelSpec;
import java.util.stream.IntStream;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Catches models of a former key field that stay, and models that are lost though their key can still have samples. */
class FormerKeyHarnessTest extends SpecChangeRun {
    private static final ModelSpec BY_D = changed(KEYED, "key: c", "key: d");
    private static final ModelSpec WHOLE = changed(KEYED, "key: c\n", "");
    private static final String[] TOMBSTONES =
            IntStream.range(0, 5).mapToObj(key -> "delete keyed/c" + key).toArray(String[]::new);

    @ParameterizedTest
    @EnumSource(Backend.class)
    void models_of_a_former_key_field_are_deleted_once_the_change_is_in_use(Backend backend) throws Exception {
        try (LearnHarness harness = LearnHarness.start(backend, KEYED)) {
            harness.learn(KEYED, 0, 30);
            harness.applyPending(BY_D);
            harness.learn(KEYED, 30, 40);
            harness.snapshot();
            harness.learn(BY_D, 40, 60);
            assertThat(harness.learnerStates()).as("pending").isEqualTo(learned(KEYED, 0, 40));
            harness.takeSnapshots();
            harness.takeEvaluations();

            harness.complete();

            assertThat(harness.learnerStates()).isEqualTo(learned(BY_D, 40, 60));
            assertThat(harness.takeSnapshots()).contains(TOMBSTONES);
            assertThat(harness.takeEvaluations()).contains(TOMBSTONES);
            harness.learn(BY_D, 60, 90);
            harness.snapshot();
            harness.complete();
            assertThat(harness.learnerStates()).isEqualTo(learned(BY_D, 40, 90));
            assertThat(harness.takeSnapshots()).noneMatch(line -> line.startsWith("delete"));
        }
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void a_failure_before_they_were_deleted_keeps_none_of_them(Backend backend) throws Exception {
        OperatorSubtaskState state;
        try (LearnHarness harness = LearnHarness.start(backend, KEYED)) {
            harness.learn(KEYED, 0, 40);
            harness.applyPending(BY_D);
            state = harness.snapshot();
        }
        try (LearnHarness restored = LearnHarness.restore(backend, state)) {
            restored.learn(BY_D, 40, 60);
            restored.snapshot();
            restored.complete();

            assertThat(restored.learnerStates()).isEqualTo(learned(BY_D, 40, 60));
            assertThat(restored.takeSnapshots()).contains(TOMBSTONES);
        }
    }

    @Test
    void a_key_field_that_comes_or_goes_is_another_one() throws Exception {
        try (LearnHarness harness = LearnHarness.start(WHOLE)) {
            harness.learn(WHOLE, 0, 20);
            harness.apply(KEYED);
            harness.learn(KEYED, 20, 40);
            assertThat(harness.learnerStates()).isEqualTo(learned(KEYED, 20, 40));

            harness.apply(WHOLE);
            harness.learn(WHOLE, 40, 60);

            assertThat(harness.learnerStates()).isEqualTo(learned(WHOLE, 40, 60));
        }
    }

    @Test
    void a_key_field_that_returns_within_a_checkpoint_keeps_what_can_continue() throws Exception {
        ModelSpec narrower = changed(KEYED, "hashBits: 4", "hashBits: 3");
        try (LearnHarness harness = LearnHarness.start(KEYED)) {
            harness.learn(KEYED, 0, 40);
            harness.applyPending(BY_D);
            harness.apply(KEYED);
            assertThat(harness.learnerStates()).isEqualTo(learned(KEYED, 0, 40));
            harness.applyPending(BY_D);
            harness.apply(narrower);
            assertThat(harness.models()).isEmpty();
        }
    }

    /** They had no sample since a reset that kept the key field. */
    @Test
    void models_that_wait_for_their_reset_are_deleted_as_well() throws Exception {
        ModelSpec narrower = changed(KEYED, "hashBits: 4", "hashBits: 3");
        try (LearnHarness harness = LearnHarness.start(KEYED)) {
            harness.learn(KEYED, 0, 40);
            harness.apply(narrower);
            harness.learn(narrower, 40, 41);
            assertThat(harness.models()).hasSize(5);
            harness.apply(changed(narrower, "key: c", "key: d"));
            assertThat(harness.models()).isEmpty();
        }
    }

    /** Nothing may be sent after the end of the input. */
    @Test
    void models_are_deleted_at_the_end_of_the_input() throws Exception {
        try (LearnHarness harness = LearnHarness.start(KEYED)) {
            harness.learn(KEYED, 0, 40);
            harness.applyPending(BY_D);
            harness.learn(BY_D, 40, 60);
            harness.takeSnapshots();
            harness.end();
            assertThat(harness.models().keySet())
                    .isEqualTo(learned(BY_D, 40, 60).keySet());
            assertThat(harness.takeSnapshots()).contains(TOMBSTONES);
            harness.snapshot();
            harness.complete();
            assertThat(harness.takeSnapshots()).isEmpty();
        }
    }

    /** States that had no sample since the features changed have the former key field, too. */
    @Test
    void models_with_earlier_features_are_deleted_as_well() throws Exception {
        ModelSpec more = changed(KEYED, "numeric: [a, b]", "numeric: [a, b, w]");
        ModelSpec moreByD = changed(more, "key: c", "key: d");
        try (LearnHarness harness = LearnHarness.start(KEYED)) {
            harness.learn(KEYED, 0, 40);
            harness.apply(more);
            harness.learn(more, 40, 41);
            harness.apply(moreByD);
            assertThat(harness.models()).isEmpty();
        }
    }

    @Test
    void ids_received_under_the_former_key_field_are_forgotten() throws Exception {
        ModelSpec once = changed(KEYED, "deduplicate: 0\n", "deduplicate: 1h\n");
        assertThat(once.stream().deduplicateMillis()).isPositive();
        try (LearnHarness harness = LearnHarness.start(once)) {
            harness.learn(once, 0, 20);
            harness.apply(changed(once, "key: c", "key: d"));
            harness.apply(once);
            harness.learn(once, 0, 20);

            assertThat(harness.learnerStates()).isEqualTo(learned(once, 0, 20));
        }
    }
}
