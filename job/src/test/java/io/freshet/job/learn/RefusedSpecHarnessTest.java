package io.freshet.job.learn;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.job.StoredText;
import io.freshet.job.TestLines;
import io.freshet.job.TestStream;
import io.freshet.job.learn.LearnHarness.Backend;
import io.freshet.job.record.KeyedSample;
import io.freshet.job.record.ModelKey;
import io.freshet.job.record.OutputRecord;
import io.freshet.job.source.Demand;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.facts.Evaluation;
import io.freshet.schemas.facts.EvaluationCodec;
import io.freshet.schemas.kafka.DeadLetterHeaders;
import java.util.List;
import java.util.Map;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;

/**
 * Would catch a model whose stored specification this version refuses, and that is forgotten without a trace: it pauses
 * partitions, cannot be deleted, loses its samples, or is continued by another one of its name.
 */
class RefusedSpecHarnessTest {
    private static final String KEY = ModelKey.ofReplicas("shared", 1).get(0);
    private static final String LOSS = "binary-cross-entropy";
    private static final String UNKNOWN_LOSS = "binary-cross-entropx";
    private static final ModelSpec WHOLE = TestStream.whole(1);
    private static final ModelSpec SLOW = changed(WHOLE, "everySamples: 10", "everySamples: 20");
    private static final ModelSpec KEYED = TestStream.keyed();
    private static final ModelSpec STRICT = changed(WHOLE, "order: arrival", "order: {type: strict, count: 5000}");
    private static final ModelSpec SHARED = ModelSpec.parse("""
        {name: shared, label: y, features: {numeric: [a, b]}, loss: binary-cross-entropy, optimizer: {type: adam},
         publish: {everySamples: 10, minimumMillis: 0}, replicas: {count: 1, period: 4, staleness: 0}}
        """);

    @Test
    void a_refused_model_with_full_queues_pauses_no_partition() throws Exception {
        OperatorSubtaskState state;
        try (LearnHarness harness = LearnHarness.start(STRICT)) {
            for (int offset = 0; offset < 10_000; offset++) {
                harness.learn(TestStream.sample(STRICT, 1, offset));
            }
            assertThat(harness.takeDemands().get(1).full()).containsExactly(1);
            state = harness.snapshot();
        }
        try (LearnHarness restored = LearnHarness.restore(Backend.HEAP, refused(state))) {
            assertThat(restored.takeDemands()).containsExactly(Demand.all());
        }
    }

    @Test
    void the_deletion_of_a_refused_model_deletes_all_of_it() throws Exception {
        OperatorSubtaskState state;
        try (LearnHarness harness = LearnHarness.start(WHOLE, KEYED)) {
            harness.learn(WHOLE, 0, 20);
            harness.learn(KEYED, 0, 20);
            state = harness.snapshot();
        }
        try (LearnHarness restored = LearnHarness.restore(Backend.HEAP, refused(state))) {
            assertThat(restored.models()).containsKey("whole/");
            restored.delete(WHOLE);
            assertThat(restored.models()).isNotEmpty().doesNotContainKey("whole/");
            assertThat(restored.takeSnapshots()).containsExactly("delete whole/");
            assertThat(restored.takeEvaluations()).contains("delete whole/");
        }
    }

    @Test
    void a_refused_model_is_reported_and_its_buffered_samples_are_dead_letters() throws Exception {
        OperatorSubtaskState state;
        try (LearnHarness harness = LearnHarness.start(WHOLE, KEYED)) {
            harness.learn(WHOLE, 0, 10);
            harness.applyPending(SLOW);
            harness.learn(SLOW, 10, 13);
            state = harness.snapshot();
        }
        try (LearnHarness restored = LearnHarness.restore(Backend.HEAP, refused(state))) {
            restored.learn(KEYED, 0, 20);
            restored.time(0);

            assertThat(restored.models()).hasSize(6);
            assertThat(restored.take(OutputRecord.DEAD_LETTERS)).hasSize(3).allSatisfy(record -> {
                var headers = TestLines.headers(record);
                assertThat(headers).containsEntry(DeadLetterHeaders.MODEL, "whole");
                assertThat(headers.get(DeadLetterHeaders.MESSAGE)).contains("loss", UNKNOWN_LOSS);
            });
            List<OutputRecord> evaluations = restored.take(OutputRecord.EVALUATIONS);
            assertThat(evaluations.stream().map(RefusedSpecHarnessTest::evaluation))
                    .filteredOn(evaluation -> evaluation.model().equals("whole"))
                    .isNotEmpty()
                    .allSatisfy(
                            evaluation -> assertThat(evaluation.failure()).startsWith("stored specification: loss"));
        }
    }

    @Test
    void a_refused_model_continues_after_a_reset_only() throws Exception {
        OperatorSubtaskState state;
        try (LearnHarness harness = LearnHarness.start(WHOLE)) {
            harness.learn(WHOLE, 0, 10);
            state = harness.snapshot();
        }
        ModelSpec reset = changed(changed(WHOLE, "reset: false", "reset: true"), "hashBits: 6", "hashBits: 5");
        try (LearnHarness restored = LearnHarness.restore(Backend.HEAP, refused(state));
                LearnHarness scratch = LearnHarness.start(reset)) {
            ModelSpec other = changed(WHOLE, "hashBits: 6", "hashBits: 5");
            restored.apply(other);
            restored.learn(other, 10, 11);
            assertThat(restored.models().get("whole/").learner().samples()).isEqualTo(10);
            restored.apply(reset);
            restored.learn(reset, 10, 20);
            scratch.learn(reset, 10, 20);

            assertThat(restored.take(OutputRecord.DEAD_LETTERS)).isEmpty();
            assertThat(restored.learnerStates()).isEqualTo(scratch.learnerStates());
        }
    }

    /** A key that had no sample since the features changed has the earlier ones, and must not start from scratch silently. */
    @Test
    void a_model_whose_earlier_features_are_refused_keeps_its_states() throws Exception {
        ModelSpec more = changed(KEYED, "numeric: [a, b]", "numeric: [a, b, w]");
        OperatorSubtaskState state;
        try (LearnHarness harness = LearnHarness.start(more)) {
            harness.learn(more, 0, 10);
            harness.apply(KEYED);
            harness.learn(KEYED, 10, 11);
            state = StoredText.replaced(harness.snapshot(), "[a, b, w]", "[a, b, b]");
        }
        ModelSpec reset = changed(KEYED, "reset: false", "reset: true");
        try (LearnHarness restored = LearnHarness.restore(Backend.HEAP, state)) {
            Map<String, String> before = restored.learnerStates();
            restored.learn(KEYED, 11, 20);
            assertThat(restored.learnerStates()).isEqualTo(before);
            assertThat(restored.take(OutputRecord.DEAD_LETTERS))
                    .hasSize(9)
                    .allSatisfy(letter -> assertThat(TestLines.headers(letter).get(DeadLetterHeaders.MESSAGE))
                            .contains("earlier features", "b", "reset: true"));

            restored.apply(reset);
            restored.learn(reset, 20, 30);
            assertThat(restored.take(OutputRecord.DEAD_LETTERS)).isEmpty();
        }
    }

    /** The change of the key field is not forgotten yet, as the checkpoint that deletes the former keys is the newest. */
    @Test
    void a_former_change_of_the_key_field_deletes_no_state_with_refused_features() throws Exception {
        ModelSpec more = changed(changed(KEYED, "key: c", "key: d"), "numeric: [a, b]", "numeric: [a, b, w]");
        ModelSpec fewer = changed(KEYED, "key: c", "key: d");
        OperatorSubtaskState state;
        try (LearnHarness harness = LearnHarness.start(KEYED)) {
            harness.learn(KEYED, 0, 10);
            harness.apply(more);
            harness.learn(more, 10, 20);
            harness.applyPending(fewer);
            state = StoredText.replaced(harness.snapshot(), "[a, b, w]", "[a, b, b]");
        }
        try (LearnHarness restored = LearnHarness.restore(Backend.HEAP, state)) {
            Map<String, String> before = restored.learnerStates();
            assertThat(before).isNotEmpty();
            restored.snapshot();
            restored.complete();

            assertThat(restored.learnerStates()).isEqualTo(before);
        }
    }

    /** An expired state starts from scratch, whatever it had. */
    @Test
    void an_expired_state_with_refused_features_starts_from_scratch() throws Exception {
        ModelSpec brief = changed(KEYED, "timeToLive: 0", "timeToLive: 1ms");
        ModelSpec more = changed(brief, "numeric: [a, b]", "numeric: [a, b, w]");
        OperatorSubtaskState state;
        try (LearnHarness harness = LearnHarness.start(more)) {
            harness.learn(more, 0, 10);
            harness.apply(brief);
            state = StoredText.replaced(harness.snapshot(), "[a, b, w]", "[a, b, b]");
        }
        try (LearnHarness restored = LearnHarness.restore(Backend.HEAP, state)) {
            restored.learn(brief, 100_000, 100_005);

            assertThat(restored.take(OutputRecord.DEAD_LETTERS)).isEmpty();
        }
    }

    @Test
    void the_replicas_of_a_refused_model_start_from_scratch_once_it_is_deleted_and_applied_again() throws Exception {
        TestRounds rounds = new TestRounds();
        OperatorSubtaskState state;
        try (LearnHarness harness = LearnHarness.start(rounds, SHARED)) {
            learn(harness, rounds, 0, 8);
            assertThat(harness.models().get("shared/").learner().samples()).isEqualTo(8);
            state = harness.snapshot();
        }
        try (LearnHarness restored = LearnHarness.restore(rounds, refused(state))) {
            restored.delete(SHARED);
            assertThat(restored.models()).isEmpty();
            restored.apply(SHARED);
            learn(restored, rounds, 9, 13);
            assertThat(restored.take(OutputRecord.DEAD_LETTERS)).isEmpty();
            assertThat(restored.models().get("shared/").learner().samples()).isEqualTo(4);
        }
    }

    private static void learn(LearnHarness harness, TestRounds rounds, int from, int to) throws Exception {
        for (int i = from; i < to; i++) {
            KeyedSample sample = TestStream.sample(SHARED, i % LearnHarness.PARTITIONS, i / LearnHarness.PARTITIONS);
            harness.learn(new KeyedSample(KEY, sample.spec(), sample.sample()));
            harness.receive(rounds);
        }
    }

    private static Evaluation evaluation(OutputRecord record) {
        try {
            return new EvaluationCodec().read(record.value());
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /** Returns the state with a specification that no version accepts for each model with that loss. */
    private static OperatorSubtaskState refused(OperatorSubtaskState state) throws Exception {
        return StoredText.replaced(state, LOSS, UNKNOWN_LOSS);
    }

    private static ModelSpec changed(ModelSpec spec, String from, String to) {
        assertThat(spec.toYaml()).contains(from);
        return ModelSpec.parse(spec.toYaml().replace(from, to));
    }
}
