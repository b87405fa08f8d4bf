package io.freshet.job.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.job.TestLines;
import io.freshet.job.TestStream;
import io.freshet.job.record.KeyedSample;
import io.freshet.job.record.ModelKey;
import io.freshet.job.record.OutputRecord;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.kafka.DeadLetterHeaders;
import java.util.Map;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;

/** Would catch a rounds topic whose failure stops models that do not use it. */
class ReplicaFailureHarnessTest {
    private static final String KEY = ModelKey.ofReplicas("shared", 1).get(0);
    private static final ModelSpec SHARED = ModelSpec.parse("""
            {name: shared, label: y, features: {numeric: [a, b]}, loss: binary-cross-entropy, optimizer: {type: adam},
             publish: {everySamples: 10, minimumMillis: 0}, replicas: {count: 1, period: 4, staleness: 0}}
            """);
    private static final ModelSpec KEYED = TestStream.keyed();
    private static final Exception GONE = new IllegalStateException("topic test.rounds: does not exist");

    @Test
    void only_models_with_replicas_fail_if_the_rounds_topic_is_unusable() throws Exception {
        TestRounds rounds = new TestRounds();
        try (LearnHarness harness = LearnHarness.start(rounds, SHARED, KEYED);
                LearnHarness alone = LearnHarness.start(KEYED)) {
            learn(harness, 0, 6);
            assertThat(harness.take(OutputRecord.DEAD_LETTERS)).isEmpty();
            rounds.listener().unusable(GONE);
            harness.runMails();
            learn(harness, 6, 8);
            harness.learn(KEYED, 0, 20);
            alone.learn(KEYED, 0, 20);

            // Two samples were waiting for the point of the first round.
            assertDeadLetters(harness, 4, "rounds topic: topic test.rounds: does not exist");
            assertThat(harness.takeEvaluations()).anyMatch(line -> line.startsWith("shared/ version 0"));
            Map<String, String> states = harness.learnerStates();
            states.remove("shared/");
            assertThat(states).isEqualTo(alone.learnerStates());
        }
    }

    @Test
    void a_model_whose_messages_are_stored_is_intact_after_the_topic_can_be_used_again() throws Exception {
        TestRounds rounds = new TestRounds();
        OperatorSubtaskState state;
        try (LearnHarness harness = LearnHarness.start(rounds, SHARED)) {
            learn(harness, 0, 6);
            rounds.listener().unusable(GONE);
            harness.runMails();
            state = harness.snapshot();
        }
        try (LearnHarness restored = LearnHarness.restore(rounds, state)) {
            restored.receive(rounds);
            learn(restored, 6, 8);
            assertThat(restored.take(OutputRecord.DEAD_LETTERS)).isEmpty();
            assertThat(restored.models())
                    .hasEntrySatisfying(
                            "shared/",
                            model -> assertThat(model.learner().samples()).isEqualTo(4));
        }
    }

    @Test
    void a_model_with_a_refused_message_fails_also_after_a_restart() throws Exception {
        TestRounds rounds = new TestRounds();
        OperatorSubtaskState state;
        try (LearnHarness harness = LearnHarness.start(rounds, SHARED)) {
            rounds.refuse(new IllegalStateException("not authorized"));
            learn(harness, 0, 6);
            harness.runMails();
            assertDeadLetters(harness, 2, "rounds topic: not authorized");
            state = harness.snapshot();
        }
        rounds.refuse(null);
        try (LearnHarness restored = LearnHarness.restore(rounds, state)) {
            learn(restored, 6, 8);
            assertDeadLetters(restored, 2, "state: half-updated by an earlier failure");
        }
        assertThat(rounds.stored()).as("reported to other subtasks").hasSize(1);
    }

    @Test
    void a_task_that_is_canceled_while_it_sends_fails_no_model() throws Exception {
        TestRounds rounds = new TestRounds();
        try (LearnHarness harness = LearnHarness.start(rounds, SHARED)) {
            rounds.interrupt();
            assertThatThrownBy(() -> learn(harness, 0, 6)).isInstanceOf(InterruptedException.class);
            harness.runMails();
            assertThat(harness.take(OutputRecord.DEAD_LETTERS)).isEmpty();
            assertThat(harness.takeEvaluations()).isEmpty();
        }
        assertThat(rounds.stored()).as("reported to other subtasks").isEmpty();
    }

    /** Learns samples that are in turn. */
    private static void learn(LearnHarness harness, int from, int to) throws Exception {
        for (int i = from; i < to; i++) {
            KeyedSample sample = TestStream.sample(SHARED, i % LearnHarness.PARTITIONS, i / LearnHarness.PARTITIONS);
            harness.learn(new KeyedSample(KEY, sample.spec(), sample.sample()));
        }
    }

    private static void assertDeadLetters(LearnHarness harness, int count, String message) {
        assertThat(harness.take(OutputRecord.DEAD_LETTERS))
                .hasSize(count)
                .allSatisfy(record -> assertThat(TestLines.headers(record).get(DeadLetterHeaders.MESSAGE))
                        .startsWith(message));
    }
}
