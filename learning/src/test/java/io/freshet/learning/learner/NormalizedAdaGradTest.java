package io.freshet.learning.learner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.freshet.learning.FlatWeights;
import io.freshet.learning.features.Sample;
import io.freshet.learning.spec.ModelSpec;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NormalizedAdaGradTest {
    private static final long SEED = 20261203;

    /** A parameter of another run has no largest value yet, by which it would shrink to 0. */
    @Test
    void the_first_value_of_a_parameter_that_is_not_0_leaves_it() {
        Learner learner = new Learner(spec("mean-squared-error", 1, 1));
        LearnerState fresh = learner.start();
        LearnerState seen = learner.start();
        // Parameter, squares, largest value; of the bias, then of the feature.
        System.arraycopy(new float[] {0.5f, 0, 0, -2, 0, 0}, 0, fresh.weights().array(), 0, 6);
        System.arraycopy(new float[] {0.5f, 0, 1, -2, 0, 3}, 0, seen.weights().array(), 0, 6);
        learner.learn(fresh, sample(0, new float[] {3}, 1, 4));
        learner.learn(seen, sample(0, new float[] {3}, 1, 4));
        assertThat(fresh.weights()).isEqualTo(seen.weights());
        assertThat(fresh.weights().array()[3]).isBetween(-2f, 0f);
    }

    @Test
    void a_larger_value_shrinks_the_parameter() {
        Learner learner = new Learner(spec("mean-absolute-error", 1, 1));
        LearnerState state = learner.start();
        System.arraycopy(new float[] {0, 0, 1, 8, 4, 2}, 0, state.weights().array(), 0, 6);
        // Weightless in effect, so that only the scale changes.
        learner.learn(state, sample(0, new float[] {16}, 1e-30f, 1));
        assertThat(state.weights().array()[3]).isCloseTo(1, within(1e-6f));
        assertThat(state.weights().array()[4]).isCloseTo(4 / 64f, within(1e-6f));
        assertThat(state.weights().array()[5]).isEqualTo(16);
    }

    @Test
    void the_scale_of_a_feature_changes_no_prediction() {
        SplittableRandom random = new SplittableRandom(SEED);
        Learner learner = new Learner(spec("binary-cross-entropy", 1, 4));
        LearnerState plain = learner.start();
        LearnerState scaled = learner.start();
        float[] factors = {0x1p-50f, 0x1p-7f, 0x1p20f, 0x1p60f};
        for (int i = 0; i < 500; i++) {
            float[] x = new float[4];
            float[] product = new float[4];
            for (int j = 0; j < 4; j++) {
                x[j] = random.nextInt(3) == 0 ? 0 : (float) random.nextDouble(-3, 3);
                product[j] = x[j] * factors[j];
            }
            float label = x[0] + x[1] > x[2] ? 1 : 0;
            learner.learn(plain, sample(i, x, 1, label));
            float[] expected = learner.lastPrediction();
            learner.learn(scaled, sample(i, product, 1, label));
            assertThat(learner.lastPrediction())
                    .as("seed %d, sample %d", SEED, i)
                    .isEqualTo(expected);
        }
    }

    /** A gradient close to 0 would give a new feature a step far too large. */
    @Test
    void a_sample_that_is_certain_is_skipped() {
        Learner learner = new Learner(spec("binary-cross-entropy", 1, 2));
        LearnerState state = learner.start();
        state.weights().array()[0] = 16.7f;
        float[] before = FlatWeights.of(state.weights());
        learner.learn(state, sample(0, new float[] {1, 1}, 1, 1));
        assertThat(FlatWeights.of(state.weights())).isEqualTo(before);
        assertThat(state.updateMemory()).containsExactly(0, 0);
        state.weights().array()[0] = 16.6f;
        learner.learn(state, sample(1, new float[] {1, 1}, 1, 1));
        assertThat(state.updateMemory()).containsExactly(3, 1);
    }

    /** A measured batch is learned twice as slowly. */
    @ParameterizedTest
    @CsvSource({"1, 4096, 64", "64, 8192, 2", "100, 12800, 2"})
    void measures_the_norms_of_one_batch_in_64(int batch, int samples, double measured) {
        Learner learner = new Learner(ModelSpec.parse("""
                name: test
                label: y
                features: {dense: [{field: v, length: 2}]}
                loss: binary-cross-entropy
                optimizer: normalized-adagrad
                batch: %d
                """.formatted(batch)));
        LearnerState state = learner.start();
        for (int i = 0; i < samples; i++) {
            learner.learn(state, sample(i, new float[] {i % 7, i % 5}, 1, i % 2));
        }
        assertThat(state.updates()).isEqualTo(samples);
        assertThat(state.updateWindow().sums()[1]).isEqualTo(measured);
    }

    @Test
    void reports_the_rate_times_the_factor_of_all_steps() {
        Learner learner = new Learner(ModelSpec.parse(
                spec("mean-squared-error", 1, 2).toYaml().replace("learningRate: 0.5", "learningRate: 0.25")));
        LearnerState state = learner.start();
        learner.learn(state, sample(0, new float[] {2, 0}, 1, 1));
        learner.learn(state, sample(1, new float[] {1, 0}, 3, 1));
        // N: 1 + 1 of the first, 3 (1 + 1/4) of the second.
        assertThat(state.updateMemory()).containsExactly(5.75, 4);
        assertThat(state.updateWindow().learningRate()).isEqualTo(0.25 * Math.sqrt(4 / 5.75));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "schedule: {type: inverse, tau: 9} | schedule: inverse (expected: constant, since optimizer"
                        + " normalized-adagrad slows down by itself)",
                "regularization: {l1: 0.1} | regularization.l1: 0.1 (expected: 0, since optimizer normalized-adagrad"
                        + " ignores the scales that a penalty depends on)",
                "clip: {norm: 2} | clip.norm: 2.0 (expected: none, since optimizer normalized-adagrad never steps past a"
                        + " minimum)",
                "model: {type: mlp, hidden: [2]} | model.type: mlp (expected: linear, since optimizer"
                        + " normalized-adagrad needs a sum of features)",
                "loss: dice | loss: dice (expected: a convex loss, since optimizer normalized-adagrad looks for its"
                        + " minimum)",
            })
    void refuses_what_it_cannot_do_with_the_reason(String yaml, String message) {
        String loss = yaml.startsWith("loss") ? "" : ", loss: poisson";
        String spec = "{name: m, label: y, features: {numeric: [a]}, optimizer: normalized-adagrad, %s%s}";
        assertThatThrownBy(() -> ModelSpec.parse(spec.formatted(yaml, loss))).hasMessage(message);
    }

    private static ModelSpec spec(String loss, int outputs, int features) {
        return ModelSpec.parse("""
                name: test
                label: y
                features: {dense: [{field: v, length: %d}]}
                outputs: %d
                loss: %s
                optimizer: normalized-adagrad
                """.formatted(features, outputs, loss));
    }

    private static Sample sample(int at, float[] x, float weight, float... label) {
        return new Sample(
                new Sample.Features(new double[0], x, new int[0], new int[0], new float[0]),
                label,
                weight,
                false,
                new Sample.Position(0, at, 0, 0));
    }
}
