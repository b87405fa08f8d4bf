package io.freshet.job.decode;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.job.TestStream;
import io.freshet.job.record.KeyedSample;
import io.freshet.job.record.ModelKey;
import io.freshet.job.record.SpecChange;
import io.freshet.learning.spec.ModelSpec;
import java.util.List;
import java.util.Map;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;

/** Would catch a job that cannot be restored, since its state has a specification that this version refuses. */
class StoredSpecHarnessTest {
    private static final ModelSpec WHOLE = TestStream.whole(4);
    private static final ModelSpec KEYED = TestStream.keyed();

    private static final ModelSpec SHARED = ModelSpec.parse("{name: shared, label: y, features: {numeric: [a, b]},"
            + " loss: binary-cross-entropy, replicas: {count: 2, period: 10}}");

    private static final ModelSpec RESET = ModelSpec.parse(KEYED.toYaml().replace("reset: false", "reset: true"));

    @Test
    void the_other_models_of_a_state_with_an_invalid_specification_continue() throws Exception {
        try (var harness = DecodeHarness.restore(KEYED, stored(), 1, 1, 0)) {
            harness.send(TestStream.record(0, TestStream.value(0)));
            assertThat(harness.samples()).hasSize(1);
            assertThat(DecodeHarness.message(harness.onlyDeadLetter()))
                    .startsWith("stored specification: features.hashBits: 99 (expected: ");
            harness.apply(SpecChange.applied(RESET));
            harness.apply(new SpecChange.Applied("bad", "name: ["));
            harness.send(TestStream.record(1, TestStream.value(1)));
            assertThat(harness.deadLetters()).as("used after the next barrier").hasSize(2);
            harness.snapshot(1);
            harness.send(TestStream.record(2, TestStream.value(2)));

            assertThat(DecodeHarness.bytes(harness.samples()))
                    .isEqualTo(DecodeHarness.bytes(List.of(
                            TestStream.sample(WHOLE, 0),
                            TestStream.sample(WHOLE, 1),
                            TestStream.sample(RESET, 2),
                            TestStream.sample(WHOLE, 2))));
            assertThat(harness.deadLetters()).hasSize(2);
        }
    }

    @Test
    void an_invalid_specification_is_replaced_by_one_that_resets_or_after_a_deletion_only() throws Exception {
        try (var harness = DecodeHarness.restore(KEYED, stored(), 1, 1, 0)) {
            harness.apply(SpecChange.applied(KEYED));
            harness.snapshot(1);
            harness.send(TestStream.record(0, TestStream.value(0, "keyed")));
            assertThat(harness.samples()).isEmpty();
            assertThat(harness.deadLetters()).hasSize(1);

            harness.apply(SpecChange.deleted("keyed"));
            harness.apply(SpecChange.applied(KEYED));
            harness.snapshot(2);
            harness.send(TestStream.record(1, TestStream.value(1, "keyed")));
            assertThat(DecodeHarness.bytes(harness.samples()))
                    .isEqualTo(DecodeHarness.bytes(List.of(TestStream.sample(KEYED, 1))));
            assertThat(harness.deadLetters()).hasSize(1);
        }
    }

    @Test
    void replicas_that_started_with_suffixes_keep_them() throws Exception {
        String key = ModelKey.ofReplicas("shared", 2).get(0);
        OperatorSubtaskState state = StoredSpecs.of(Map.of());
        try (var harness = DecodeHarness.restore(SHARED, state, 1, 1, 0)) {
            harness.apply(SpecChange.applied(SHARED));
            state = harness.snapshot(1);
            harness.send(TestStream.record(0, TestStream.value(0)));
            assertThat(harness.samples()).extracting(KeyedSample::modelKey).containsExactly(key);
        }
        try (var harness = DecodeHarness.restore(SHARED, state, 1, 1, 0)) {
            harness.send(TestStream.record(1, TestStream.value(1)));
            assertThat(harness.samples()).extracting(KeyedSample::modelKey).containsExactly(key);
        }
    }

    /** Returns a state with an invalid specification of one model, and a valid one of another. */
    private static OperatorSubtaskState stored() throws Exception {
        return StoredSpecs.of(
                Map.of("keyed", KEYED.toYaml().replace("hashBits: 4", "hashBits: 99"), "whole", WHOLE.toYaml()));
    }
}
