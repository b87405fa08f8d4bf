package io.freshet.job.learn;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.job.TestStream;
import io.freshet.job.learn.LearnHarness.Backend;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.spec.ModelSpec;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Would catch samples lost, or learned with the wrong specification, that wait for their turn while it changes. */
class StrictOrderChangeHarnessTest extends StrictOrderRun {
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
}
