package io.freshet.job.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.freshet.job.TestLines;
import io.freshet.job.TestStream;
import io.freshet.job.learn.LearnHarness.Backend;
import io.freshet.job.record.KeyedSample;
import io.freshet.job.record.OutputRecord;
import io.freshet.learning.features.Sample;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.facts.Evaluation;
import io.freshet.schemas.facts.EvaluationCodec;
import io.freshet.schemas.kafka.DeadLetterHeaders;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Would catch a model whose failure stops the others, and a half-updated state that is learned into or published. */
class QuarantineHarnessTest {
    private static final ModelSpec WHOLE = TestStream.whole(1);
    private static final ModelSpec RESET = changed(WHOLE, "reset: false", "reset: true");
    private static final ModelSpec KEYED = TestStream.keyed();

    @ParameterizedTest
    @EnumSource(Backend.class)
    void the_samples_of_a_failed_model_are_dead_letters_and_the_others_are_learned(Backend backend) throws Exception {
        try (LearnHarness harness = LearnHarness.start(backend, WHOLE, KEYED);
                LearnHarness alone = LearnHarness.start(backend, KEYED)) {
            harness.learn(KEYED, 0, 10);
            fail(harness);
            harness.learn(WHOLE, 11, 20);
            harness.learn(KEYED, 10, 20);
            alone.learn(KEYED, 0, 20);

            assertThat(deadLetters(harness))
                    .containsExactly(
                            "whole 10",
                            "whole 11",
                            "whole 12",
                            "whole 13",
                            "whole 14",
                            "whole 15",
                            "whole 16",
                            "whole 17",
                            "whole 18",
                            "whole 19");
            Map<String, String> keyed = harness.learnerStates();
            keyed.remove("whole/");
            assertThat(keyed).isEqualTo(alone.learnerStates());
        }
    }

    @Test
    void a_failure_is_reported_at_once_and_then_every_minute() throws Exception {
        try (LearnHarness harness = LearnHarness.start(WHOLE, KEYED)) {
            fail(harness);
            harness.learn(WHOLE, 11, 20);
            List<Evaluation> reported = failures(harness);
            assertThat(reported).hasSize(1);
            assertThat(reported.get(0).model()).isEqualTo("whole");
            assertThat(reported.get(0).key()).isEmpty();
            assertThat(reported.get(0).specHash()).isEqualTo(WHOLE.hash());
            assertThat(reported.get(0).failure()).startsWith("java.lang.ArrayIndexOutOfBoundsException");

            harness.time(Quarantine.REPORT_MILLIS);
            assertThat(failures(harness)).hasSize(1);
        }
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void a_half_updated_state_is_never_learned_into_or_published(Backend backend) throws Exception {
        try (LearnHarness harness = LearnHarness.start(backend, WHOLE, KEYED)) {
            harness.learn(KEYED, 0, 10);
            fail(harness);
            harness.takeSnapshots();
            OperatorSubtaskState state = harness.snapshot();

            try (LearnHarness restored = LearnHarness.restore(backend, state)) {
                restored.time(120_000);
                restored.learn(WHOLE, 11, 12);
                restored.learn(KEYED, 10, 20);
                restored.end();

                assertThat(deadLetters(restored)).containsExactly("whole 11");
                assertThat(failures(restored).get(0).failure()).startsWith("state: half-updated by an earlier failure");
                assertThat(restored.takeSnapshots())
                        .isNotEmpty()
                        .noneSatisfy(line -> assertThat(line).startsWith("whole/"));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void a_failed_model_starts_from_scratch_with_a_specification_that_allows_it(Backend backend) throws Exception {
        try (LearnHarness harness = LearnHarness.start(backend, WHOLE);
                LearnHarness scratch = LearnHarness.start(backend, RESET)) {
            fail(harness);
            harness.apply(RESET);
            harness.learn(RESET, 11, 30);
            scratch.learn(RESET, 11, 30);

            assertThat(deadLetters(harness)).containsExactly("whole 10");
            assertThat(harness.learnerStates()).isEqualTo(scratch.learnerStates());
        }
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void a_model_that_failed_before_it_had_a_state_is_tried_again_after_a_restart(Backend backend) throws Exception {
        try (LearnHarness harness = LearnHarness.start(backend, WHOLE);
                LearnHarness scratch = LearnHarness.start(backend, WHOLE)) {
            harness.learn(broken(WHOLE, 0));
            harness.learn(WHOLE, 1, 10);
            assertThat(deadLetters(harness)).hasSize(10);

            try (LearnHarness restored = LearnHarness.restore(backend, harness.snapshot())) {
                restored.learn(WHOLE, 0, 10);
                scratch.learn(WHOLE, 0, 10);
                assertThat(deadLetters(restored)).isEmpty();
                assertThat(restored.learnerStates()).isEqualTo(scratch.learnerStates());
            }
        }
    }

    @Test
    void a_failed_model_is_deleted_with_its_report() throws Exception {
        try (LearnHarness harness = LearnHarness.start(WHOLE, KEYED)) {
            harness.learn(KEYED, 0, 10);
            fail(harness);
            deadLetters(harness);
            harness.take(OutputRecord.EVALUATIONS);
            harness.delete(WHOLE);
            harness.learn(WHOLE, 11, 20);
            harness.time(Quarantine.REPORT_MILLIS);

            assertThat(deadLetters(harness)).isEmpty();
            assertThat(harness.takeEvaluations()).isNotEmpty().allMatch("delete whole/"::equals);
            assertThat(harness.models()).isNotEmpty().doesNotContainKey("whole/");
        }
    }

    @Test
    void a_model_that_does_not_fit_into_memory_fails_alone() throws Exception {
        ModelSpec huge = ModelSpec.parse("""
                {name: huge, label: y, features: {categorical: [d], hashBits: 25}, loss: binary-cross-entropy,
                 model: {type: factorization-machine, rank: 6}, optimizer: {type: ftrl}}
                """);
        long bytes = 4L * 3 * 7 << 25;
        assumeTrue(Runtime.getRuntime().maxMemory() < bytes, "a heap smaller than the model");
        try (LearnHarness harness = LearnHarness.start(huge, KEYED)) {
            harness.learn(huge, 0, 3);
            harness.learn(KEYED, 0, 20);

            assertThat(deadLetters(harness)).containsExactly("huge 0", "huge 1", "huge 2");
            assertThat(failures(harness))
                    .singleElement()
                    .satisfies(failure ->
                            assertThat(failure.failure()).startsWith("java.lang.OutOfMemoryError: Java heap space"));
            assertThat(harness.models()).hasSize(5);
        }
    }

    /** Learns ten samples of {@link #WHOLE}, and a broken one. */
    private static void fail(LearnHarness harness) throws Exception {
        harness.learn(WHOLE, 0, 10);
        harness.learn(broken(WHOLE, 10));
    }

    /** Returns a sample whose feature is not in the parameter table, as a fault of the encoder could produce. */
    private static KeyedSample broken(ModelSpec spec, long offset) {
        KeyedSample keyed = TestStream.sample(spec, offset);
        Sample sample = keyed.sample();
        Sample.Features outside = new Sample.Features(
                sample.numeric(), sample.dense(), new int[] {1 << 20}, sample.ends(), new float[] {1});
        return new KeyedSample(
                keyed.modelKey(),
                keyed.spec(),
                new Sample(outside, sample.label(), sample.weight(), false, sample.position()));
    }

    /** Returns model and offset of each dead letter since the last call. */
    private static List<String> deadLetters(LearnHarness harness) {
        List<String> lines = new ArrayList<>();
        for (OutputRecord record : harness.take(OutputRecord.DEAD_LETTERS)) {
            Map<String, String> headers = TestLines.headers(record);
            assertThat(record.timestamp())
                    .as("now, since old event times would expire")
                    .isEqualTo(harness.flink().getProcessingTime());
            assertThat(headers).containsEntry(DeadLetterHeaders.STAGE, "learn");
            assertThat(headers.get(DeadLetterHeaders.MESSAGE)).isNotBlank();
            lines.add(headers.get(DeadLetterHeaders.MODEL) + " " + headers.get(DeadLetterHeaders.OFFSET));
        }
        return lines;
    }

    private static List<Evaluation> failures(LearnHarness harness) throws Exception {
        List<Evaluation> failures = new ArrayList<>();
        for (OutputRecord record : harness.take(OutputRecord.EVALUATIONS)) {
            if (record.value() != null) {
                Evaluation evaluation = new EvaluationCodec().read(record.value());
                if (evaluation.failure() != null) {
                    failures.add(evaluation);
                }
            }
        }
        return failures;
    }

    private static ModelSpec changed(ModelSpec spec, String from, String to) {
        return ModelSpec.parse(spec.toYaml().replace(from, to));
    }
}
