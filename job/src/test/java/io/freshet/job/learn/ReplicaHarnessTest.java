package io.freshet.job.learn;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.job.ReplicaLoop;
import io.freshet.job.TestLines;
import io.freshet.job.TestStream;
import io.freshet.job.record.KeyedSample;
import io.freshet.job.record.ModelKey;
import io.freshet.job.record.OutputRecord;
import io.freshet.learning.encode.FeatureEncoder;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.features.Sample;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.predict.WarmStart;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.facts.Evaluation;
import io.freshet.schemas.facts.EvaluationCodec;
import io.freshet.schemas.sample.SampleDecoder;
import io.freshet.schemas.snapshot.PublishedSnapshot;
import io.freshet.schemas.snapshot.SnapshotCodec;
import io.freshet.schemas.snapshot.SnapshotReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntFunction;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Would catch a merge or a policy that the job applies to replicas otherwise than the rule says, and a restart that changes what
 * they learn. Two replicas learn three partitions.
 */
class ReplicaHarnessTest {
    private static final List<String> KEYS = ModelKey.ofReplicas("shared", 2);
    private static final int SAMPLES = 900;
    /** Samples from here to {@link #CURE} have absurd labels. */
    private static final int POISON = 600;

    private static final int CURE = 675;
    private static final int DELIVERED_EVERY = 70;

    private final TestRounds rounds = new TestRounds();

    @ParameterizedTest
    @ValueSource(strings = {"mean, period: 20", "mean, period: 20, slots: mean, staleness: 0", "gradient"})
    void every_merge_learns_the_bits_of_a_plain_loop_after_a_restart(String merge) throws Exception {
        ModelSpec spec = ModelSpec.parse("""
                {name: shared, label: y, features: {numeric: [a, b], categorical: [d], hashBits: 15}, batch: {size: 5},
                 loss: binary-cross-entropy, optimizer: {type: adagrad}, evaluation: {window: 100}, holdout: 0.1,
                 publish: {everySamples: 50, minimumMillis: 0}, replicas: {count: 2, merge: %s}}
                """.formatted(merge));
        IntFunction<byte[]> values = i -> TestStream.identified(i, "id-" + i);
        ReplicaLoop loop = new ReplicaLoop(new Learner(spec));
        OperatorSubtaskState state;
        try (LearnHarness harness = LearnHarness.start(rounds, spec)) {
            learn(harness, loop, samples(spec, 0, SAMPLES / 2, values));
            state = harness.snapshot();
            learn(harness, null, samples(spec, SAMPLES / 2, SAMPLES / 2 + 100, values));
        }
        try (LearnHarness restored = LearnHarness.restore(rounds, state)) {
            learn(restored, loop, samples(spec, SAMPLES / 2, SAMPLES, values));
            assertMerged(restored, loop.merged());
            List<Evaluation> evaluations = evaluations(restored);
            Evaluation last = evaluations.get(evaluations.size() - 1);
            assertThat(last.window().replicaLosses()).hasSize(2).doesNotContain(Double.NaN);
            assertThat(Objects.requireNonNull(last.learning().holdout()).samples())
                    .isPositive();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "hold, '{type: sgd, learningRate: 0.05}', staleness: 0",
        "revert, '{type: sgd, learningRate: 0.05}', staleness: 0",
        "reset, '{type: sgd, learningRate: 0.05}', staleness: 0",
        "revert, '{type: adagrad, learningRate: 0.5}', 'staleness: 0, slots: mean'"
    })
    void the_divergence_policy_applies_to_the_merged_point(String policy, String optimizer, String replicas)
            throws Exception {
        ModelSpec spec = ModelSpec.parse("""
                {name: shared, label: t, features: {numeric: [a, b]}, loss: mean-squared-error, optimizer: %s,
                 publish: {everySamples: 50, minimumMillis: 0}, evaluation: {window: 100}, onDivergence: %s,
                 replicas: {count: 2, period: 25, %s}}
                """.formatted(optimizer, policy, replicas));
        ReplicaLoop loop = new ReplicaLoop(new Learner(spec));
        try (LearnHarness harness = LearnHarness.start(rounds, spec)) {
            List<KeyedSample> samples = samples(
                    spec,
                    0,
                    4 * SAMPLES,
                    i -> i >= POISON && i < CURE ? TestStream.value(i, Map.of("t", 1e6)) : TestStream.value(i));
            learn(harness, loop, samples);

            assertMerged(harness, loop.merged());
            List<Evaluation> evaluations = evaluations(harness);
            assertThat(evaluations)
                    .flatExtracting(evaluation -> evaluation.learning().events())
                    .anySatisfy(event -> assertThat(event.action()).isEqualTo(policy));
            assertThat(evaluations
                            .get(evaluations.size() - 1)
                            .window()
                            .metrics()
                            .loss())
                    .as("recovered")
                    .isLessThan(10);
            List<String> snapshots = harness.takeSnapshots();
            assertThat(snapshots.get(snapshots.size() - 1))
                    .as("published again")
                    .startsWith("shared/ version " + loop.merged().samples());
        }
    }

    @Test
    void replicas_start_from_a_warm_start() throws Exception {
        ModelSpec cold = ModelSpec.parse("""
                {name: shared, label: y, features: {numeric: [a, b], categorical: [d], hashBits: 6},
                 loss: binary-cross-entropy, optimizer: {type: sgd}, publish: {everySamples: 50, minimumMillis: 0},
                 replicas: {count: 2, period: 20}}
                """);
        PublishedSnapshot prior = learned(cold);
        WarmStart base = WarmStart.of(List.of(prior.snapshot()));
        ModelSpec warm = cold.withStream(cold.stream().withWarmStart(base.warmStart()));
        ReplicaLoop loop = new ReplicaLoop(new Learner(warm, base));
        assertThat(loop.merged().weights().parameters())
                .isEqualTo(prior.snapshot().parameters());
        try (LearnHarness harness = LearnHarness.start(rounds)) {
            harness.sendWarmStart(warm, prior);
            harness.apply(warm);
            learn(harness, loop, samples(warm, 0, SAMPLES, TestStream::value));
            assertMerged(harness, loop.merged());
            assertThat(harness.takeSnapshots()).isNotEmpty();
        }
    }

    /** Returns a snapshot of a model that has learned other samples alone. */
    private static PublishedSnapshot learned(ModelSpec spec) throws Exception {
        Learner learner = new Learner(spec);
        LearnerState state = learner.start();
        for (KeyedSample sample : samples(spec, 5_000, 5_100, TestStream::value)) {
            learner.learn(state, sample.sample());
        }
        KeyedBytes record = new SnapshotCodec()
                .write(learner.snapshot(state, ""), "samples", 0, "test")
                .get(0);
        return new SnapshotReader().read(record.key(), record.value()).snapshot();
    }

    /** Returns samples of all partitions in turn. */
    private static List<KeyedSample> samples(ModelSpec spec, int from, int to, IntFunction<byte[]> values)
            throws Exception {
        RowLayout layout = RowLayout.of(List.of(spec));
        SampleDecoder decoder = new SampleDecoder(layout);
        FeatureEncoder encoder = new FeatureEncoder(spec, layout);
        Row row = new Row(layout);
        long number = Long.parseUnsignedLong(spec.hash(), 16);
        List<KeyedSample> samples = new ArrayList<>();
        for (int i = from; i < to; i++) {
            int partition = i % LearnHarness.PARTITIONS;
            decoder.decode(values.apply(i), 0, row);
            Sample sample = encoder.encode(row, partition, i / LearnHarness.PARTITIONS);
            samples.add(new KeyedSample(KEYS.get(partition % 2), number, sample));
        }
        return samples;
    }

    /** Learns samples in the job and in a loop, if any. */
    private void learn(LearnHarness harness, @Nullable ReplicaLoop loop, List<KeyedSample> samples) throws Exception {
        for (KeyedSample sample : samples) {
            harness.learn(sample);
            if (loop != null) {
                loop.learn(sample.sample().partition() % 2, sample.sample());
            }
            if (sample.sample().offset() % DELIVERED_EVERY == 0) {
                harness.receive(rounds);
            }
        }
        harness.receive(rounds);
    }

    private static void assertMerged(LearnHarness harness, LearnerState expected) throws Exception {
        LearnerState merged = harness.models().get("shared/").learner();
        assertThat(merged.samples()).isEqualTo(expected.samples()).isPositive();
        assertThat(merged.weights()).isEqualTo(expected.weights());
        assertThat(merged.epochProgress().holdout().metrics())
                .isEqualTo(expected.epochProgress().holdout().metrics());
    }

    private static List<Evaluation> evaluations(LearnHarness harness) {
        EvaluationCodec codec = new EvaluationCodec();
        return harness.take(OutputRecord.EVALUATIONS).stream()
                .map(record -> TestLines.evaluation(codec, record))
                .toList();
    }
}
