package io.freshet.learning.learner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.learning.features.Sample;
import io.freshet.learning.spec.ModelSpec;
import org.junit.jupiter.api.Test;

/** Clips and penalties in closed form, for one sample with squared error from 0 and gradient -2 y (1, a, b). */
class UpdaterTest {
    @Test
    void clips_each_component_by_value() {
        // -2 * 3 * (1, 0.1, -2) = (-6, -0.6, 12)
        assertThat(after("clip: {value: 2}", 3)).containsExactly(2, 0.6f, -2);
    }

    @Test
    void clips_all_components_by_their_global_norm() {
        float[] theta = after("clip: {norm: 1.5}", 3);
        double norm = Math.sqrt(36 + 0.36 + 144);
        assertThat(theta[0]).isCloseTo((float) (6 * 1.5 / norm), within(1e-6f));
        assertThat(theta[1]).isCloseTo((float) (0.6 * 1.5 / norm), within(1e-6f));
        assertThat(theta[2]).isCloseTo((float) (-12 * 1.5 / norm), within(1e-6f));
    }

    @Test
    void does_not_change_a_gradient_within_the_norm() {
        assertThat(after("clip: {norm: 14}", 3)).containsExactly(6, 0.6f, -12);
    }

    @Test
    void clips_by_value_before_the_norm() {
        // (-2, -0.6, 2) has the norm sqrt(8.36)
        float factor = (float) (1 / Math.sqrt(8.36));
        float[] theta = after("clip: {value: 2, norm: 1}", 3);
        assertThat(theta[0]).isCloseTo(2 * factor, within(1e-6f));
        assertThat(theta[1]).isCloseTo(0.6f * factor, within(1e-6f));
        assertThat(theta[2]).isCloseTo(-2 * factor, within(1e-6f));
    }

    @Test
    void penalties_are_added_after_the_clip_and_are_0_at_0() {
        ModelSpec spec = spec("clip: {value: 2}\nregularization: {l1: 0.25, l2: 0.5}");
        Learner learner = new Learner(spec);
        LearnerState state = learner.start();
        learner.learn(state, sample(3));
        assertThat(parameters(state)).as("signs of 0 are 0").containsExactly(2, 0.6f, -2);
        // The residual is 2 + 0.06 + 4 - 3 = 3.06, the gradient 6.12 (1, 0.1, -2), clipped (2, 0.612, -2).
        learner.learn(state, sample(3));
        float[] theta = parameters(state);
        assertThat(theta[0]).isCloseTo(2 - (2 + 0.25f + 0.5f * 2), within(1e-6f));
        assertThat(theta[1]).isCloseTo(0.6f - (0.612f + 0.25f + 0.5f * 0.6f), within(1e-6f));
        assertThat(theta[2]).isCloseTo(-2 - (-2 - 0.25f - 0.5f * 2), within(1e-6f));
    }

    @Test
    void counts_the_share_of_clipped_updates() {
        Learner learner = new Learner(spec("clip: {norm: 14}"));
        LearnerState state = learner.start();
        learner.learn(state, sample(3));
        learner.learn(state, sample(3000));
        assertThat(state.updateWindow().metrics().clippedShare()).isEqualTo(0.5);
    }

    private static float[] after(String more, float label) {
        Learner learner = new Learner(spec(more));
        LearnerState state = learner.start();
        learner.learn(state, sample(label));
        return parameters(state);
    }

    private static float[] parameters(LearnerState state) {
        return state.weights().parameters();
    }

    private static ModelSpec spec(String more) {
        return ModelSpec.parse("""
                name: closed
                label: y
                features: {numeric: [a, b], standardize: false}
                loss: mean-squared-error
                optimizer: {type: sgd, learningRate: 1}
                """ + more);
    }

    private static Sample sample(float label) {
        return new Sample(
                new Sample.Features(new double[] {0.1f, -2}, new float[0], new int[0], new int[0], new float[0]),
                new float[] {label},
                1,
                false,
                new Sample.Position(0, 0, 0, 0));
    }
}
