package io.freshet.learning.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.freshet.learning.model.Weights;
import org.junit.jupiter.api.Test;

/** Would catch a search that ends uphill, fails on an infinite loss, or moves away from the minimum. */
class LbfgsTest {
    private static final Lbfgs LBFGS = new Lbfgs(5);

    private int evaluations;

    @Test
    void minimizes_the_rosenbrock_function() {
        float[][] state = state(-1.2f, 1);
        double before = rosenbrock(state[0], new float[2]);
        for (int t = 1; t <= 60; t++) {
            minimize(state, gradient -> rosenbrock(state[0], gradient), t);
            double after = rosenbrock(state[0], new float[2]);
            assertThat(after).as("loss after iteration %d", t).isLessThanOrEqualTo(before * (1 + 1e-6));
            before = after;
        }
        assertThat(state[0][0]).isCloseTo(1, within(1e-3f));
        assertThat(state[0][1]).isCloseTo(1, within(1e-3f));
    }

    @Test
    void recovers_from_an_infinite_loss() {
        float[][] state = state(1);
        float[] at = state[0];
        for (int t = 1; t <= 20; t++) {
            // x - log x is minimal at 1, far from 0.001, and undefined below 0.
            at[0] = t == 1 ? 0.001f : at[0];
            minimize(
                    state,
                    gradient -> {
                        gradient[0] = 1 - 1 / at[0];
                        return at[0] > 0 ? at[0] - Math.log(at[0]) : Double.NaN;
                    },
                    t);
            assertThat(at[0]).as("after iteration %d", t).isPositive();
        }
        assertThat(at[0]).isCloseTo(1, within(1e-4f));
    }

    /** A direction can overflow, and 0 times infinity is NaN. */
    @Test
    void restores_the_parameters_if_nothing_on_the_line_is_lower() {
        float[] state = {1, -0.5f};
        float[] direction = {Float.NEGATIVE_INFINITY, 0};
        LineSearch search = new LineSearch(gradient -> 3, state, new float[2], new float[2], direction);
        assertThat(search.run(3, -1, 1)).isFalse();
        assertThat(state).containsExactly(1, -0.5f);
    }

    @Test
    void stays_at_a_minimum_and_evaluates_it_once() {
        float[][] state = state(1, 1);
        minimize(state, gradient -> rosenbrock(state[0], gradient), 1);
        assertThat(state).isDeepEqualTo(state(1, 1));
        assertThat(evaluations).isEqualTo(1);
    }

    /** With a gradient that points uphill, no step is lower, so there is no step and no pair. */
    @Test
    void keeps_the_parameters_if_no_step_is_lower() {
        float[][] state = state(0.5f);
        for (int slot = 1; slot < state.length; slot++) {
            state[slot][0] = 0.25f;
        }
        minimize(
                state,
                gradient -> {
                    gradient[0] = -1;
                    return -state[0][0] + 10 * Math.abs(state[0][0] - 0.5);
                },
                1);
        assertThat(state).isDeepEqualTo(state(0.5f));
        assertThat(evaluations).isLessThan(30);
    }

    @Test
    void rejects_a_step_by_a_gradient_alone() {
        assertThatThrownBy(() ->
                        LBFGS.stepRange(Weights.bySlot(1, new float[11][1]), 0, 1, new float[1], 0, new Step(LBFGS)))
                .hasMessage("optimizer: lbfgs (expected: one that steps by a gradient alone)");
    }

    /** Returns parameters with slots of 0. */
    private static float[][] state(float... parameters) {
        float[][] state = new float[1 + LBFGS.slots()][parameters.length];
        state[0] = parameters;
        return state;
    }

    private void minimize(float[][] state, Objective objective, long t) {
        Objective counted = gradient -> {
            evaluations++;
            return objective.evaluate(gradient);
        };
        LBFGS.minimize(Weights.bySlot(1, state), counted, StepRows.start(LBFGS, 1, t));
    }

    private static double rosenbrock(float[] at, float[] gradient) {
        double x = at[0];
        double y = at[1];
        gradient[0] = (float) (-2 * (1 - x) - 400 * x * (y - x * x));
        gradient[1] = (float) (200 * (y - x * x));
        return (1 - x) * (1 - x) + 100 * (y - x * x) * (y - x * x);
    }
}
