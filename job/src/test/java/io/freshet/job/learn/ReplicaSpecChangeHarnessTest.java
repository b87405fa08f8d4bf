package io.freshet.job.learn;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.job.ReplicaLoop;
import io.freshet.job.TestLines;
import io.freshet.job.TestStream;
import io.freshet.job.record.KeyedSample;
import io.freshet.job.record.ModelKey;
import io.freshet.job.record.OutputRecord;
import io.freshet.job.replica.RoundsLog;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.replica.MergedPoint;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.kafka.DeadLetterHeaders;
import io.freshet.schemas.snapshot.RoundsRecord;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Would catch a changed specification that takes effect at another round than the rounds topic says, or that a restart moves. Two
 * replicas learn three partitions.
 */
class ReplicaSpecChangeHarnessTest {
    private static final List<String> KEYS = ModelKey.ofReplicas("shared", 2);
    private static final int DELIVERED_EVERY = 23;
    private static final String FIRST = "learningRate: 0.1}, batch: {size: 5}|period: 20";
    private static final String SECOND = "learningRate: 0.02}, batch: {size: 3}|period: 14";
    private static final String THIRD = "learningRate: 0.05}, batch: {size: 1}, clip: {norm: 1}|period: 25";

    private final TestRounds rounds = new TestRounds();
    private String replicas = "merge: mean";

    private ModelSpec spec(String changed) {
        String[] parts = changed.split("\\|");
        return ModelSpec.parse("""
                {name: shared, label: y, features: {numeric: [a, b], categorical: [d], hashBits: 6},
                 loss: binary-cross-entropy, publish: {everySamples: 50, minimumMillis: 0}, evaluation: {window: 100},
                 optimizer: {type: adagrad, %s, replicas: {count: 2, %s, %s}}
                """.formatted(parts[0], parts[1], replicas));
    }

    @ParameterizedTest
    @ValueSource(strings = {"staleness: 1", "staleness: 0", "staleness: 3", "slots: mean"})
    void a_change_takes_effect_at_the_round_that_the_topic_announces(String settings) throws Exception {
        replicas = settings;
        try (LearnHarness harness = LearnHarness.start(rounds, spec(FIRST))) {
            learn(harness, spec(FIRST), 0, 300);
            harness.applyPending(spec(SECOND));
            learn(harness, spec(SECOND), 300, 330);
            harness.snapshot();
            assertThat(announced()).as("before the checkpoint completes").isEmpty();
            harness.complete();
            learn(harness, spec(SECOND), 330, 900);

            assertThat(announced()).containsValue(spec(SECOND).toYaml()).hasSize(1);
            assertMerged(harness, 900);
            assertThat(merged(harness).lineage().changes())
                    .extracting(change -> change.specHash())
                    .containsExactly(spec(FIRST).hash(), spec(SECOND).hash());
            assertThat(harness.take(OutputRecord.DEAD_LETTERS)).isEmpty();
        }
    }

    @Test
    void a_gradient_merge_switches_its_batch_at_one_round() throws Exception {
        replicas = "merge: gradient";
        String first = FIRST.replace("period: 20", "period: 5");
        String second = SECOND.replace("period: 14", "period: 3");
        try (LearnHarness harness = LearnHarness.start(rounds, spec(first))) {
            learn(harness, spec(first), 0, 300);
            harness.apply(spec(second));
            learn(harness, spec(second), 300, 900);
            assertThat(announced()).hasSize(1);
            assertMerged(harness, spec(first), 900);
        }
    }

    /** The restored registry has the specification from the start, or only after the topic announced it. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_restart_keeps_the_round_that_the_topic_announced(boolean hasIt) throws Exception {
        OperatorSubtaskState before;
        OperatorSubtaskState pending;
        try (LearnHarness harness = LearnHarness.start(rounds, spec(FIRST))) {
            learn(harness, spec(FIRST), 0, 200);
            before = harness.snapshot();
            harness.applyPending(spec(SECOND));
            pending = harness.snapshot();
            learn(harness, spec(FIRST), 200, 400);
            harness.complete();
            learn(harness, spec(SECOND), 400, 700);
        }
        Map<Long, String> announced = announced();
        assertThat(announced).hasSize(1);
        long firstRound = announced.keySet().iterator().next();
        try (LearnHarness restored = LearnHarness.restore(rounds, hasIt ? pending : before)) {
            learn(restored, spec(hasIt ? SECOND : FIRST), 200, 600);
            if (!hasIt) {
                restored.apply(spec(SECOND));
            }
            learn(restored, spec(SECOND), 600, 1_200);
            assertThat(announced())
                    .as("first announced in round %d", firstRound)
                    .isEqualTo(announced);
            assertMerged(restored, 1_200);
        }
    }

    @Test
    void a_job_that_stops_before_the_announcement_announces_after_the_restart() throws Exception {
        OperatorSubtaskState state;
        try (LearnHarness harness = LearnHarness.start(rounds, spec(FIRST))) {
            learn(harness, spec(FIRST), 0, 300);
            harness.applyPending(spec(SECOND));
            state = harness.snapshot();
        }
        assertThat(announced()).isEmpty();
        try (LearnHarness restored = LearnHarness.restore(rounds, state)) {
            learn(restored, spec(SECOND), 300, 900);
            assertThat(announced()).hasSize(1);
            assertMerged(restored, 900);
        }
    }

    @Test
    void only_the_newest_of_two_changes_between_rounds_is_announced() throws Exception {
        try (LearnHarness harness = LearnHarness.start(rounds, spec(FIRST))) {
            learn(harness, spec(FIRST), 0, 300);
            harness.apply(spec(SECOND));
            harness.apply(spec(THIRD));
            learn(harness, spec(THIRD), 300, 900);
            assertThat(announced()).containsValue(spec(THIRD).toYaml()).hasSize(1);
            assertMerged(harness, 900);
        }
    }

    @Test
    void a_change_back_is_announced_too() throws Exception {
        replicas = "merge: mean, staleness: 3";
        try (LearnHarness harness = LearnHarness.start(rounds, spec(FIRST))) {
            learn(harness, spec(FIRST), 0, 300);
            harness.apply(spec(SECOND));
            learn(harness, spec(SECOND), 300, 360);
            harness.apply(spec(FIRST));
            learn(harness, spec(FIRST), 360, 900);
            assertThat(announced().values())
                    .containsExactly(spec(SECOND).toYaml(), spec(FIRST).toYaml());
            assertMerged(harness, 900);
        }
    }

    @Test
    void a_frozen_model_stops_at_one_round_and_learns_again_from_another() throws Exception {
        ModelSpec frozen = spec(FIRST.replace("|", ", frozen: true|"));
        try (LearnHarness harness = LearnHarness.start(rounds, spec(FIRST))) {
            learn(harness, spec(FIRST), 0, 300);
            harness.apply(frozen);
            learn(harness, frozen, 300, 600);
            long samples = merged(harness).samples();
            long received = merged(harness).lineage().position();
            learn(harness, frozen, 600, 900);
            assertThat(merged(harness).samples()).isEqualTo(samples);
            assertThat(merged(harness).lineage().position()).isGreaterThan(received + 100);
            harness.apply(spec(FIRST));
            learn(harness, spec(FIRST), 900, 1_200);
            assertThat(merged(harness).samples()).isGreaterThan(samples + 100);
            assertThat(announced()).hasSize(2);
            assertMerged(harness, 1_200);
        }
    }

    @Test
    void a_failed_model_stays_failed_for_the_same_reason() throws Exception {
        try (LearnHarness harness = LearnHarness.start(rounds, spec(FIRST))) {
            learn(harness, spec(FIRST), 0, 300);
            rounds.listener().unusable(new IllegalStateException("topic test.rounds: does not exist"));
            harness.runMails();
            harness.take(OutputRecord.DEAD_LETTERS);
            harness.apply(spec(SECOND));
            for (int i = 300; i < 310; i++) {
                harness.learn(sample(spec(SECOND), i));
            }
            assertThat(harness.take(OutputRecord.DEAD_LETTERS))
                    .hasSize(10)
                    .allSatisfy(record -> assertThat(TestLines.headers(record).get(DeadLetterHeaders.MESSAGE))
                            .startsWith("rounds topic: topic test.rounds: does not exist"));
            assertThat(announced()).isEmpty();
        }
    }

    /** Learns samples of all partitions in turn. */
    private void learn(LearnHarness harness, ModelSpec spec, int from, int to) throws Exception {
        for (int i = from; i < to; i++) {
            harness.learn(sample(spec, i));
            if (i % DELIVERED_EVERY == 0) {
                harness.receive(rounds);
            }
        }
        harness.receive(rounds);
    }

    private static KeyedSample sample(ModelSpec spec, int i) {
        int partition = i % LearnHarness.PARTITIONS;
        KeyedSample sample = TestStream.sample(spec, partition, i / LearnHarness.PARTITIONS);
        return new KeyedSample(KEYS.get(partition % 2), sample.spec(), sample.sample());
    }

    /** Returns the specifications in the topic, by the round whose point announces them. */
    private Map<Long, String> announced() throws Exception {
        Map<Long, String> announced = new LinkedHashMap<>();
        for (RoundsLog.Entry entry : rounds.stored()) {
            RoundsRecord record = RoundsRecord.read(entry.value());
            if (record.message(List.of(record.bytes())) instanceof MergedPoint point
                    && point.closing().specification() != null) {
                assertThat(announced.put(point.round(), point.closing().specification()))
                        .as("announced twice")
                        .isNull();
            }
        }
        return announced;
    }

    private void assertMerged(LearnHarness harness, int samples) throws Exception {
        assertMerged(harness, spec(FIRST), samples);
    }

    /** Learns the first samples in a loop that announces what the topic has. */
    private void assertMerged(LearnHarness harness, ModelSpec first, int samples) throws Exception {
        ReplicaLoop loop = new ReplicaLoop(new Learner(first)).announcing(announced());
        for (int i = 0; i < samples; i++) {
            loop.learn(i % LearnHarness.PARTITIONS % 2, sample(first, i).sample());
        }
        LearnerState expected = loop.merged();
        assertThat(merged(harness).samples()).isEqualTo(expected.samples()).isPositive();
        assertThat(merged(harness).weights()).isEqualTo(expected.weights());
        assertThat(merged(harness).lineage().changes())
                .isEqualTo(expected.lineage().changes());
    }

    private static LearnerState merged(LearnHarness harness) throws Exception {
        return Objects.requireNonNull(harness.models().get("shared/")).learner();
    }
}
