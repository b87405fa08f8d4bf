package io.freshet.job.learn;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.job.TestStream;
import io.freshet.job.learn.LearnHarness.Backend;
import io.freshet.job.record.OutputRecord;
import io.freshet.learning.spec.ModelSpec;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Catches a state or a record that a deleted model leaves, or that a smaller one keeps. */
class DeletionHarnessTest extends SpecChangeRun {
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

    /** They are of another subtask of the decoder, which has not received the deletion yet. */
    @Test
    void samples_of_the_deleted_model_are_not_those_of_the_one_applied_again() throws Exception {
        try (LearnHarness harness = LearnHarness.start(KEYED)) {
            harness.learn(KEYED, 0, 40);
            harness.delete(KEYED);
            harness.applyPending(KEYED);
            harness.learn(KEYED, 40, 50);
            harness.snapshot();
            harness.learn(KEYED, 50, 60);
            harness.complete();
            harness.learn(KEYED, 60, 80);

            assertThat(harness.learnerStates()).isEqualTo(learned(KEYED, 50, 80));
        }
    }

    @Test
    void the_deletion_of_another_model_is_not_one_of_a_model_that_was_applied_again() throws Exception {
        ModelSpec other = TestStream.whole(4);
        try (LearnHarness harness = LearnHarness.start(KEYED, other)) {
            harness.delete(KEYED);
            harness.applyPending(KEYED);
            harness.delete(other);
            harness.snapshot();
            harness.complete();
            harness.learn(KEYED, 0, 20);

            assertThat(harness.learnerStates()).isEqualTo(learned(KEYED, 0, 20));
        }
    }

    /** The decoder may have passed its barrier, so the samples from there are of the model that was applied again. */
    @Test
    void an_aborted_checkpoint_loses_no_sample_of_a_model_that_was_applied_again() throws Exception {
        try (LearnHarness harness = LearnHarness.start(KEYED)) {
            harness.delete(KEYED);
            harness.applyPending(KEYED);
            harness.abort();
            harness.learn(KEYED, 0, 20);
            harness.snapshot();
            harness.complete();

            assertThat(harness.learnerStates()).isEqualTo(learned(KEYED, 0, 20));
        }
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
}
