package io.freshet.job.learn;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.job.TestLines;
import io.freshet.job.TestStream;
import io.freshet.job.learn.LearnHarness.Backend;
import io.freshet.job.record.OutputRecord;
import io.freshet.schemas.kafka.DeadLetterHeaders;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Catches samples that are lost, learned twice, or learned too early while their specification is not active. */
class BufferedSamplesHarnessTest extends SpecChangeRun {
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
}
