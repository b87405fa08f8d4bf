package io.freshet.learning.learner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.learning.FlatWeights;
import io.freshet.learning.RandomSamples;
import io.freshet.learning.TestSpecs;
import io.freshet.learning.features.Sample;
import io.freshet.learning.loss.BinaryCrossEntropy;
import io.freshet.learning.loss.MeanSquaredError;
import io.freshet.learning.model.Weights;
import io.freshet.learning.predict.Predictor;
import io.freshet.learning.predict.Snapshot;
import io.freshet.learning.spec.ModelSpec;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Would catch a sample counted twice or not at all, or by another weight than its own, and a snapshot that still changes. */
public class LearnerTest {
    static final long SEED = 20260110;

    /** The mean gradient of two samples of weight 1e-45 was infinity times 0: every parameter became NaN. */
    @ParameterizedTest
    @ValueSource(floats = {Float.MIN_VALUE, 1e-42f, 1e-30f, 1e-10f, 1, 1e10f, 1e30f, Float.MAX_VALUE})
    void a_batch_of_equal_weights_is_the_mean_at_any_magnitude(float weight) {
        for (String optimizer : new String[] {"sgd", "rmsprop"}) {
            ModelSpec spec = raw(optimizer, 2);
            Learner learner = new Learner(spec);
            LearnerState weighted = learner.start();
            LearnerState plain = learner.start();
            for (int i = 0; i < 10; i++) {
                learn(learner, weighted, sample(spec, i, i % 2, weight));
                learner.learn(plain, sample(spec, i, i % 2, 1));
            }
            assertThat(weighted.weights()).isEqualTo(plain.weights());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sgd", "rmsprop"})
    void weight_2_equals_the_sample_twice_in_one_batch(String optimizer) {
        ModelSpec two = raw(optimizer, 2);
        ModelSpec three = raw(optimizer, 3);
        Learner first = new Learner(two);
        Learner second = new Learner(three);
        LearnerState once = first.start();
        LearnerState twice = second.start();
        for (int i = 0; i < 50; i++) {
            Sample heavy = sample(two, i % 7, i % 2, 2);
            Sample light = sample(two, i % 7, i % 2, 1);
            Sample other = sample(two, i % 5 - 2, i % 3 == 0 ? 1 : 0, 1);
            first.learn(once, heavy);
            first.learn(once, other);
            second.learn(twice, light);
            second.learn(twice, light);
            second.learn(twice, other);
        }
        assertThat(once.weights().parameters()).isEqualTo(twice.weights().parameters());
        assertThat(once.updates()).isEqualTo(50);
        assertThat(twice.updates()).isEqualTo(50);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void samples_of_weight_0_are_scored_but_not_learned(int batchSize) {
        ModelSpec spec = raw("sgd", batchSize);
        Learner learner = new Learner(spec);
        LearnerState state = learner.start();
        for (int i = 0; i < 4; i++) {
            learner.learn(state, sample(spec, 3, 1, 0));
        }
        assertThat(FlatWeights.of(state.weights())).containsOnly(0);
        assertThat(state.samples()).isZero();
        assertThat(state.updates()).isZero();
        assertThat(state.total().samples()).isEqualTo(4);
    }

    @Test
    void the_last_sample_of_a_batch_updates_the_parameters_and_finish_applies_the_rest() {
        ModelSpec spec = raw("sgd", 4);
        Learner learner = new Learner(spec);
        LearnerState state = learner.start();
        for (int i = 1; i <= 10; i++) {
            Weights before = state.weights().copy();
            learner.learn(state, sample(spec, i, 1, 1));
            if (i % 4 == 0) {
                assertThat(state.weights()).as("sample " + i).isNotEqualTo(before);
            } else {
                assertThat(state.weights()).as("sample " + i).isEqualTo(before);
            }
            assertThat(state.samples()).isEqualTo(i / 4 * 4L);
            assertThat(state.updates()).isEqualTo(i / 4);
            assertThat(state.pending().size()).isEqualTo(i % 4);
        }
        Weights before = state.weights().copy();
        learner.finish(state, () -> {});
        assertThat(state.weights()).isNotEqualTo(before);
        assertThat(state.samples()).isEqualTo(10);
        assertThat(state.updates()).isEqualTo(3);
        assertThat(state.pending().size()).isZero();
        byte[] finished = bytes(state);
        learner.finish(state, () -> {});
        assertThat(bytes(state)).as("finished twice").isEqualTo(finished);
    }

    /** One learner serves many keys, so the scratch space of one must not leak into the batch of another. */
    @ParameterizedTest
    @ValueSource(strings = {"sgd", "rmsprop"})
    void a_finished_batch_of_one_leaves_no_stale_gradient(String optimizer) {
        ModelSpec spec = TestSpecs.of(new MeanSquaredError(), 1, optimizer, 3);
        Learner shared = new Learner(spec);
        List<Sample> samples = RandomSamples.of(spec, 400, SEED);
        for (int i = 0; i + 4 <= samples.size(); i += 4) {
            LearnerState one = shared.start();
            shared.learn(one, samples.get(i));
            shared.finish(one, () -> {});
            LearnerState batch = shared.start();
            LearnerState alone = shared.start();
            Learner fresh = new Learner(spec);
            for (Sample sample : samples.subList(i + 1, i + 4)) {
                shared.learn(batch, sample);
                fresh.learn(alone, sample);
            }
            assertThat(batch.weights()).as("seed %d, sample %d", SEED, i).isEqualTo(alone.weights());
        }
    }

    @Test
    void predicts_and_counts_every_sample_before_learning_it() {
        ModelSpec spec = raw("sgd", 1);
        Learner learner = new Learner(spec);
        LearnerState state = learner.start();
        learner.learn(state, sample(spec, 2, 1, 1));
        assertThat(learner.lastPrediction()).containsExactly(0.5f);
        assertThat(state.total().metrics().loss()).isCloseTo(Math.log(2), within(1e-12));
        for (int i = 0; i < 9; i++) {
            learner.learn(state, sample(spec, i, i % 2, 1));
        }
        learner.learn(state, sample(spec, 1e30, 0.5f, 1));
        assertThat(state.total().samples()).isEqualTo(10);
        assertThat(state.window().samples()).isEqualTo(10);
        learner.nextWindow(state);
        assertThat(state.windows()).isEqualTo(1);
        assertThat(state.window().samples()).isZero();
        assertThat(state.total().samples()).isEqualTo(10);
    }

    /** Pending samples are scored with their batch, by the parameters from before its update. */
    @Test
    void a_batch_is_scored_when_it_is_full() {
        ModelSpec spec = raw("sgd", 3);
        Learner learner = new Learner(spec);
        LearnerState state = learner.start();
        for (int i = 1; i <= 7; i++) {
            learner.learn(state, sample(spec, i, i % 2, 1));
            assertThat(state.total().samples()).isEqualTo(i / 3 * 3L);
        }
        learner.finish(state, () -> {});
        assertThat(state.total().samples()).isEqualTo(7);
    }

    @Test
    void lineage_and_snapshot_record_the_samples_and_share_nothing() {
        ModelSpec spec = TestSpecs.of(new BinaryCrossEntropy(), 1, "rmsprop", 4);
        Learner learner = new Learner(spec);
        LearnerState state = learner.start();
        List<Sample> samples = RandomSamples.of(spec, 102, SEED);
        samples.forEach(sample -> learner.learn(state, sample));
        Snapshot snapshot = learner.snapshot(state, "k");
        byte[] before = bytes(state);
        int batches = RandomSamples.learnable(samples) / 4;
        List<Sample> learned = samples.stream()
                .filter(sample -> sample.weight() > 0)
                .limit(4L * batches)
                .toList();
        long[] offsets = new long[4];
        learned.forEach(sample -> offsets[sample.partition()] = sample.offset());
        assertThat(snapshot.version()).isEqualTo(learned.size());
        assertThat(snapshot.updates()).isEqualTo(batches);
        assertThat(snapshot.key()).isEqualTo("k");
        assertThat(snapshot.lineage().partitions()).containsExactly(0, 1, 2, 3);
        assertThat(snapshot.lineage().offsets()).containsExactly(offsets);
        assertThat(snapshot.lineage().watermark())
                .isEqualTo(learned.get(learned.size() - 1).eventTime());
        assertThat(snapshot.parameters()).hasSize(spec.parameterCount());
        Arrays.fill(snapshot.parameters(), Float.NaN);
        Arrays.fill(snapshot.moments(), Double.NaN);
        Arrays.fill(snapshot.lineage().offsets(), -1);
        assertThat(bytes(state)).isEqualTo(before);
    }

    @Test
    void a_snapshot_predicts_the_same_bits_as_the_learner() {
        for (int batchSize : new int[] {1, 5}) {
            ModelSpec spec = TestSpecs.of(new MeanSquaredError(), 1, "rmsprop", batchSize);
            Learner learner = new Learner(spec);
            LearnerState state = learner.start();
            for (Sample sample : RandomSamples.of(spec, 200, SEED)) {
                float[] served = new Predictor(learner.snapshot(state, "")).predict(sample);
                learner.learn(state, sample);
                if (state.pending().size() == 0) {
                    assertThat(served).isEqualTo(learner.lastPrediction());
                }
            }
        }
    }

    static void learn(Learner learner, LearnerState state, Sample sample) {
        learner.learn(state, sample);
        assertThat(learner.rejections().count()).isZero();
    }

    static ModelSpec raw(String optimizer, int batchSize) {
        return ModelSpec.parse("""
                name: raw
                label: y
                features: {numeric: [a], standardize: false}
                loss: binary-cross-entropy
                optimizer: {type: %s, learningRate: 0.1}
                batch: {size: %d}
                """.formatted(optimizer, batchSize));
    }

    static Sample sample(ModelSpec spec, double feature, float label, float weight) {
        assertThat(spec.features().numeric()).hasSize(1);
        return Sample.of(
                new double[] {feature}, new int[0], new float[0], label, weight, new Sample.Position(0, 0, 0, 0));
    }

    public static byte[] bytes(LearnerState state) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            LearnerStateCodec.write(state, new DataOutputStream(bytes));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
