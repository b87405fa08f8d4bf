package io.freshet.learning.learner;

import static io.freshet.learning.learner.LearnerTest.SEED;
import static io.freshet.learning.learner.LearnerTest.bytes;
import static io.freshet.learning.learner.LearnerTest.learn;
import static io.freshet.learning.learner.LearnerTest.raw;
import static io.freshet.learning.learner.LearnerTest.sample;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.learning.RandomSamples;
import io.freshet.learning.TestSpecs;
import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.features.Sample;
import io.freshet.learning.loss.MeanSquaredError;
import io.freshet.learning.loss.SparseCategoricalCrossEntropy;
import io.freshet.learning.model.Weights;
import io.freshet.learning.spec.ModelSpec;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Would catch a rejected sample that changes the model, its moments, or its metrics, and one that takes others with it. */
class RejectionTest {
    /** If the square of a gradient is infinite, RMSProp never moves that parameter again. */
    @ParameterizedTest
    @CsvSource({"sgd, 1e30", "sgd, 1e38", "rmsprop, 1e30", "rmsprop, -1e38"})
    void a_sample_whose_gradient_is_too_large_changes_nothing(String optimizer, double feature) {
        ModelSpec spec = raw(optimizer, 1);
        Learner learner = new Learner(spec);
        LearnerState state = learner.start();
        List<Sample> samples = RandomSamples.of(spec, 30, SEED);
        samples.subList(0, 18).forEach(sample -> learn(learner, state, sample));
        long learned = state.samples();
        Weights weights = state.weights().copy();
        Tally total = state.total().copy();

        learner.learn(state, sample(spec, feature, 0.5f, 1));

        assertThat(learner.rejections().count()).isEqualTo(1);
        assertThat(learner.rejections().reason(0)).startsWith("gradient: not finite or too large");
        assertThat(state.rejected()).isEqualTo(1);
        assertThat(state.updateWindow().metrics().rejectedShare()).isEqualTo(1.0 / (learned + 1));
        assertThat(state.weights()).isEqualTo(weights);
        assertThat(state.samples()).isEqualTo(learned);
        assertThat(state.total().sums()).isEqualTo(total.sums());
        samples.subList(18, 30).forEach(sample -> learn(learner, state, sample));
        LearnerState clean = learner.start();
        samples.forEach(sample -> learn(learner, clean, sample));
        assertThat(state.weights()).isEqualTo(clean.weights());
    }

    /** The invalid sample is rejected when its batch is full; the others are learned as a batch. */
    @ParameterizedTest
    @CsvSource({"sgd, 3e38", "rmsprop, 1e30", "rmsprop, -1e38"})
    void a_batch_is_learned_without_a_sample_whose_gradient_is_too_large(String optimizer, double feature) {
        ModelSpec four = raw(optimizer, 4);
        ModelSpec three = raw(optimizer, 3);
        Learner learner = new Learner(four);
        LearnerState state = learner.start();
        Learner without = new Learner(three);
        LearnerState clean = without.start();
        for (int i = 0; i < 12; i++) {
            Sample bad = sample(four, feature, 0.75f, 1);
            if (i % 3 == 1) {
                learner.learn(state, bad);
            }
            Sample good = sample(four, i % 5 - 2, i % 2, 1 + i % 3);
            learner.learn(state, good);
            without.learn(clean, good);
        }
        assertThat(state.rejected()).isEqualTo(4);
        assertThat(state.samples()).isEqualTo(12);
        assertThat(state.total().sums()).isEqualTo(clean.total().sums());
        assertThat(state.weights()).isEqualTo(clean.weights());
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, 1.5f, -1, 4, Float.POSITIVE_INFINITY})
    void a_label_that_the_loss_does_not_accept_is_an_error_and_changes_nothing(float label) {
        ModelSpec spec = TestSpecs.of(new SparseCategoricalCrossEntropy(), 4, "sgd", 1);
        Learner learner = new Learner(spec);
        LearnerState state = learner.start();
        Sample valid = RandomSamples.of(spec, 1, 3).iterator().next();
        Sample invalid = new Sample(valid.features(), new float[] {label}, 1, false, valid.position());
        byte[] before = bytes(state);
        assertThatThrownBy(() -> learner.learn(state, invalid))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("label: " + label + " (expected: a class, a whole number from 0 to 3)");
        assertThat(bytes(state)).isEqualTo(before);
    }

    @Test
    void rejects_a_weight_that_makes_the_gradient_too_large() {
        ModelSpec spec = raw("rmsprop", 1);
        Learner learner = new Learner(spec);
        LearnerState state = learner.start();
        learner.learn(state, sample(spec, 1, 1, 1e30f));
        assertThat(learner.rejections().count()).isEqualTo(1);
        learn(learner, state, sample(spec, 1, 1, 1e5f));
    }

    @Test
    void a_rejected_sample_is_not_in_the_moments() {
        ModelSpec spec = TestSpecs.of(new MeanSquaredError(), 1, "sgd", 1);
        Learner learner = new Learner(spec);
        LearnerState state = learner.start();
        RandomSamples.of(spec, 10, SEED).forEach(sample -> learn(learner, state, sample));
        double[] moments = state.moments().clone();
        learner.learn(
                state,
                Sample.of(new double[] {50, -50}, new int[0], new float[0], 1, 1e30f, new Sample.Position(0, 0, 0, 0)));
        assertThat(learner.rejections().count()).isEqualTo(1);
        assertThat(state.moments()).isEqualTo(moments);
    }
}
