package io.freshet.learning.learner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.freshet.learning.features.Sample;
import io.freshet.learning.spec.ModelSpec;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Would catch a unit or a weight that {@code scale-free} does not stand, and an option that it silently ignores. */
class ScaleFreeTest {
    private static final long SEED = 20261130;
    private static final int FEATURES = 5;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "model: {type: mlp, hidden: [2]}, loss: binary-cross-entropy | model.type: mlp (expected: linear, since"
                        + " optimizer scale-free needs a sum of features)",
                "loss: hinge | loss: hinge (expected: a smooth loss, or one as steep on both sides of its kink, since the"
                        + " amplitude of optimizer scale-free would grow without bound)",
                "loss: {type: quantile, tau: 0.9} | loss: quantile (expected: a smooth loss, or one as steep on both sides"
                        + " of its kink, since the amplitude of optimizer scale-free would grow without bound)",
                "loss: dice | loss: dice (expected: a convex loss, since optimizer scale-free looks for its minimum)",
                "loss: poisson, schedule: {type: inverse, tau: 9} | schedule: inverse (expected: constant, since optimizer"
                        + " scale-free slows down by itself)",
                "loss: poisson, schedule: {type: constant, warmup: 9} | schedule.warmup: 9 (expected: 0, since optimizer"
                        + " scale-free slows down by itself)",
                "loss: poisson, regularization: {l1: 0.1, l2: 9} | regularization.l1: 0.1 (expected: 0, since optimizer"
                        + " scale-free ignores the scales that a penalty depends on)",
                "loss: poisson, regularization: {l2: 0.1} | regularization.l2: 0.1 (expected: 0, since optimizer"
                        + " scale-free ignores the scales that a penalty depends on)",
                "loss: poisson, clip: {norm: 2} | clip.norm: 2.0 (expected: none, since optimizer scale-free never steps past a"
                        + " minimum)",
            })
    void refuses_what_it_cannot_do_with_the_reason(String yaml, String message) {
        String spec = "{name: m, label: y, features: {numeric: [a]}, optimizer: scale-free, %s}";
        assertThatThrownBy(() -> ModelSpec.parse(spec.formatted(yaml))).hasMessage(message);
    }

    @Test
    void learns_the_median() {
        assertThat(spec("quantile", 1, 1).optimizer().name()).isEqualTo("scale-free");
    }

    @ParameterizedTest
    @CsvSource({"mean-squared-error, 1, 1", "binary-cross-entropy, 1, 1", "binary-cross-entropy, 1, 7", "poisson, 3, 1"
    })
    void the_unit_of_a_feature_changes_no_prediction(String loss, int outputs, int batch) {
        Learner learner = new Learner(spec(loss, outputs, batch));
        LearnerState plain = learner.start();
        LearnerState scaled = learner.start();
        SplittableRandom random = new SplittableRandom(SEED);
        for (int i = 0; i < 500; i++) {
            float[] x = floats(random, FEATURES);
            float[] y = label(loss, outputs, x);
            learner.learn(plain, sample(x, y, 1, i));
            float[] expected = learner.lastPrediction();
            float[] inOtherUnits = x.clone();
            for (int j = 0; j < FEATURES; j++) {
                inOtherUnits[j] *= Math.scalb(1f, 10 * j - 30);
            }
            learner.learn(scaled, sample(inOtherUnits, y, 1, i));
            assertThat(learner.lastPrediction())
                    .as("seed %d, sample %d", SEED, i)
                    .isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"binary-cross-entropy", "poisson"})
    void outputs_with_the_same_labels_learn_like_a_model_of_one(String loss) {
        Learner one = new Learner(spec(loss, 1, 1));
        Learner three = new Learner(spec(loss, 3, 1));
        LearnerState ofOne = one.start();
        LearnerState ofThree = three.start();
        SplittableRandom random = new SplittableRandom(SEED);
        for (int i = 0; i < 500; i++) {
            float[] x = floats(random, FEATURES);
            float y = label(loss, 1, x)[0];
            float weight = random.nextInt(4) == 0 ? 0.5f : 1;
            one.learn(ofOne, sample(x, new float[] {y}, weight, i));
            three.learn(ofThree, sample(x, new float[] {y, y, y}, weight, i));
            assertThat(three.lastPrediction()[1])
                    .as("seed %d, sample %d", SEED, i)
                    .isCloseTo(one.lastPrediction()[0], withinPercentage(0.1));
        }
    }

    @Test
    void the_unit_of_the_label_is_that_of_the_prediction() {
        Learner learner = new Learner(spec("mean-squared-error", 1, 1));
        LearnerState plain = learner.start();
        LearnerState scaled = learner.start();
        SplittableRandom random = new SplittableRandom(SEED);
        for (int i = 0; i < 500; i++) {
            float[] x = floats(random, FEATURES);
            float[] y = label("mean-squared-error", 1, x);
            learner.learn(plain, sample(x, y, 1, i));
            float expected = 1024 * learner.lastPrediction()[0];
            learner.learn(scaled, sample(x, new float[] {1024 * y[0]}, 1, i));
            assertThat(learner.lastPrediction())
                    .as("seed %d, sample %d", SEED, i)
                    .containsExactly(expected);
        }
    }

    /** Weights are no repetitions. */
    @Test
    void a_weight_is_a_part_of_a_step_below_1_and_goes_no_farther_than_the_zero_of_the_linear_loss_above() {
        double whole = logitAfter(1);
        assertThat(logitAfter(0.25f)).isBetween(0.1 * whole, 0.9 * whole);
        assertThat(logitAfter(1e-30f)).isBetween(0.0, 1e-20);
        // The loss at z = 0 is ln 2, its slope -1/2.
        double zero = 2 * Math.log(2);
        for (float heavy : new float[] {1.5f, 10, 1000, 1e8f, Float.MAX_VALUE}) {
            assertThat(logitAfter(heavy)).isBetween(whole / 2, Math.max(whole, zero) + 1e-6);
        }
    }

    private static double logitAfter(float weight) {
        Learner learner = new Learner(spec("binary-cross-entropy", 1, 1));
        LearnerState state = learner.start();
        float[] x = {1, -2, 0, 4, 8};
        learner.learn(state, sample(x, new float[] {1}, weight, 0));
        double logit = state.weights().parameters()[0];
        for (int i = 0; i < FEATURES; i++) {
            logit += (double) state.weights().parameters()[1 + i] * x[i];
        }
        return logit;
    }

    /** A state of weights alone has no phi, M, or V. */
    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void parameters_of_a_warm_start_survive_their_first_step(int outputs) {
        Learner learner = new Learner(spec("binary-cross-entropy", outputs, 1));
        LearnerState state = learner.start();
        float[] start = floats(new SplittableRandom(SEED), (1 + FEATURES) * outputs);
        state.weights().set(start);
        learner.learn(state, sample(new float[] {1e-9f, -2, 0, 4, 1e9f}, new float[outputs], 1e-30f, 0));
        assertThat(state.updates()).isEqualTo(1);
        float[] after = state.weights().parameters();
        for (int i = 0; i < start.length; i++) {
            assertThat(after[i]).isCloseTo(start[i], within(1e-6f * Math.abs(start[i])));
        }
    }

    @Test
    void labels_of_0_teach_nothing_until_another_one() {
        Learner learner = new Learner(spec("mean-squared-error", 1, 1));
        LearnerState state = learner.start();
        for (int i = 0; i < 10; i++) {
            learner.learn(state, sample(new float[] {1, 2, 3, 4, 5}, new float[1], 1, i));
        }
        assertThat(state.weights()).isEqualTo(learner.start().weights());
        for (int i = 0; i < 200; i++) {
            learner.learn(state, sample(new float[] {1, 2, 3, 4, 5}, new float[] {8}, 1, 10 + i));
        }
        assertThat(learner.lastPrediction()[0]).isCloseTo(8, within(0.1f));
    }

    @Test
    void held_out_samples_and_frozen_models_change_neither_weights_nor_memory() {
        Learner learner = new Learner(spec("mean-squared-error", 1, 1));
        LearnerState state = learner.start();
        SplittableRandom random = new SplittableRandom(SEED);
        for (int i = 0; i < 50; i++) {
            float[] x = floats(random, FEATURES);
            learner.learn(state, sample(x, label("mean-squared-error", 1, x), 1, i));
        }
        LearnerState before = state.copy();
        Sample next = sample(floats(random, FEATURES), new float[] {9}, 1, 50);
        learner.learn(state, new Sample(next.features(), next.label(), 1, true, next.position()));
        Learner frozen =
                learner.changed(ModelSpec.parse(learner.spec().toYaml().replace("frozen: false", "frozen: true")));
        frozen.learn(state, next);
        assertThat(state.weights()).isEqualTo(before.weights());
        assertThat(state.updateMemory()).isEqualTo(before.updateMemory());
        learner.learn(state, next);
        assertThat(state.weights()).isNotEqualTo(before.weights());
        assertThat(state.updateMemory()).isNotEqualTo(before.updateMemory());
    }

    private static float[] label(String loss, int outputs, float[] x) {
        float[] label = new float[outputs];
        for (int k = 0; k < outputs; k++) {
            float logit = x[k] - 2 * x[k + 1] + 0.5f;
            label[k] = loss.equals("mean-squared-error") ? logit : logit > 0 ? 1 : 0;
        }
        return label;
    }

    private static float[] floats(SplittableRandom random, int count) {
        float[] floats = new float[count];
        for (int i = 0; i < count; i++) {
            floats[i] = (float) random.nextDouble(-2, 2);
        }
        return floats;
    }

    private static ModelSpec spec(String loss, int outputs, int batch) {
        return ModelSpec.parse("""
                name: test
                label: y
                features: {dense: [{field: v, length: %d}]}
                outputs: %d
                loss: %s
                optimizer: scale-free
                batch: %d
                """.formatted(FEATURES, outputs, loss, batch));
    }

    private static Sample sample(float[] x, float[] label, float weight, int at) {
        Sample.Features features = new Sample.Features(new double[0], x, new int[0], new int[0], new float[0]);
        return new Sample(features, label, weight, false, new Sample.Position(0, at, 0, 0));
    }
}
