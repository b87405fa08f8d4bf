package io.freshet.learning.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Would catch a search that ends uphill, that cannot live with a loss of infinity, or that moves on at the minimum. */
class LbfgsTest {
    private static final Lbfgs LBFGS = new Lbfgs(5);

    private int evaluations;

    @Test
    void walks_down_the_valley_of_rosenbrock() {
        float[] state = new float[2 * (1 + LBFGS.slots())];
        state[0] = -1.2f;
        state[1] = 1;
        double before = rosenbrock(state, new float[2]);
        for (int t = 1; t <= 60; t++) {
            minimise(state, gradient -> rosenbrock(state, gradient), t);
            double after = rosenbrock(state, new float[2]);
            assertThat(after).as("loss after iteration %d", t).isLessThanOrEqualTo(before * (1 + 1e-6));
            before = after;
        }
        assertThat(state[0]).isCloseTo(1, within(1e-3f));
        assertThat(state[1]).isCloseTo(1, within(1e-3f));
    }

    @Test
    void comes_back_from_where_the_loss_is_infinite() {
        float[] state = new float[1 + LBFGS.slots()];
        state[0] = 1;
        for (int t = 1; t <= 20; t++) {
            // x - log x has its minimum at 1, from 0.001 far off; below 0 there is none
            state[0] = t == 1 ? 0.001f : state[0];
            minimise(
                    state,
                    gradient -> {
                        gradient[0] = 1 - 1 / state[0];
                        return state[0] > 0 ? state[0] - Math.log(state[0]) : Double.NaN;
                    },
                    t);
            assertThat(state[0]).as("after iteration %d", t).isPositive();
        }
        assertThat(state[0]).isCloseTo(1, within(1e-4f));
    }

    /** A direction can overflow, and 0 times infinity is none. */
    @Test
    void is_where_it_was_if_nothing_on_the_line_is_lower() {
        float[] state = {1, -0.5f};
        float[] direction = {Float.NEGATIVE_INFINITY, 0};
        LineSearch search = new LineSearch(gradient -> 3, state, new float[2], new float[2], direction);
        assertThat(search.run(3, -1, 1)).isFalse();
        assertThat(state).containsExactly(1, -0.5f);
    }

    @Test
    void stays_at_a_minimum_and_evaluates_it_once() {
        float[] state = new float[2 * (1 + LBFGS.slots())];
        state[0] = 1;
        state[1] = 1;
        float[] before = state.clone();
        minimise(state, gradient -> rosenbrock(state, gradient), 1);
        assertThat(state).isEqualTo(before);
        assertThat(evaluations).isEqualTo(1);
    }

    /** A gradient that points the wrong way: no step is lower, and so there is none, and no pair. */
    @Test
    void leaves_the_parameters_where_no_step_is_lower() {
        float[] state = new float[1 + LBFGS.slots()];
        state[0] = 0.5f;
        Arrays.fill(state, 1, state.length, 0.25f);
        minimise(
                state,
                gradient -> {
                    gradient[0] = -1;
                    return -state[0] + 10 * Math.abs(state[0] - 0.5);
                },
                1);
        assertThat(state[0]).isEqualTo(0.5f);
        assertThat(Arrays.copyOfRange(state, 1, state.length)).containsOnly(0);
        assertThat(evaluations).isLessThan(30);
    }

    @Test
    void does_not_step_by_a_gradient_alone() {
        assertThatThrownBy(() -> LBFGS.step(new float[11], 1, 0, 1, new float[1], 0, new Step()))
                .hasMessage("optimizer: lbfgs (expected: one that steps by a gradient alone)");
    }

    private void minimise(float[] state, Objective objective, long t) {
        Objective counted = gradient -> {
            evaluations++;
            return objective.evaluate(gradient);
        };
        int n = state.length / (1 + LBFGS.slots());
        LBFGS.minimise(state, n, n, counted, StepRows.prepare(LBFGS, 1, t));
    }

    private static double rosenbrock(float[] at, float[] gradient) {
        double x = at[0];
        double y = at[1];
        gradient[0] = (float) (-2 * (1 - x) - 400 * x * (y - x * x));
        gradient[1] = (float) (200 * (y - x * x));
        return (1 - x) * (1 - x) + 100 * (y - x * x) * (y - x * x);
    }
}
