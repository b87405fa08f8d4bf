package io.freshet.learning.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.learning.model.StateLayout;
import io.freshet.learning.model.Weights;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Would catch a start with z = 0, or a falling rate, that wipes the model, as in other systems. */
class FtrlTest {
    private static final float[] START = {1.5f, -0.75f, 0, 3e-4f, -120};

    @Test
    void a_warm_start_survives_an_update_without_gradient() {
        for (Optimizer ftrl : new Optimizer[] {Optimizer.ftrl(0, 0), Optimizer.ftrl(0.5, 0.25), new Ftrl(0.5, 2, 0)}) {
            Weights weights = warm(ftrl, 0.1f);
            float[] state = weights.array();
            step(ftrl, weights, new float[START.length], 0.1f);
            for (int c = 0; c < START.length; c++) {
                assertThat(state[c])
                        .as("%s, parameter %d", ftrl, c)
                        .isCloseTo(START[c], within(1e-3f * Math.abs(START[c])));
            }
            step(ftrl, weights, new float[START.length], 0.1f);
        }
    }

    @Test
    void a_warm_start_moves_by_the_step_of_a_small_gradient() {
        Optimizer ftrl = Optimizer.ftrl(0, 0);
        Weights weights = warm(ftrl, 0.1f);
        float[] state = weights.array();
        float[] gradient = {0.01f, 0.01f, 0.01f, 0.01f, 0.01f};
        step(ftrl, weights, gradient, 0.1f);
        // n = 1e-4: theta + sigma theta / k - g / k, where k = (1 + 0.01) / 0.1, and the old k is 10
        for (int c = 0; c < START.length; c++) {
            double z = -START[c] * 10.0 + 0.01 - 0.1 * START[c];
            assertThat(state[c]).isCloseTo((float) (-z / 10.1), within(2e-6f * Math.max(1, Math.abs(START[c]))));
        }
    }

    @Test
    void without_a_warm_start_a_parameter_shrinks_by_lambda1_once() {
        Optimizer ftrl = Optimizer.ftrl(0.5, 0);
        Weights cold = zero();
        cold.set(START);
        for (int t = 0; t < 3; t++) {
            step(ftrl, cold, new float[START.length], 0.1f);
            assertThat(cold.array()[0]).isCloseTo(1.5f - 0.5f / 10, within(1e-6f));
        }
    }

    @Test
    void a_change_of_the_rate_alone_moves_no_parameter() {
        for (Optimizer ftrl : new Optimizer[] {Optimizer.ftrl(0, 0), Optimizer.ftrl(0.5, 0.25)}) {
            Weights weights = warm(ftrl, 0.1f);
            float[] state = weights.array();
            step(ftrl, weights, new float[] {0.3f, -0.2f, 0, 0.1f, 2}, 0.1f);
            float[] before = Arrays.copyOf(state, START.length);
            for (float rate : new float[] {0.01f, 0.001f, 1, 1e-5f, 0.1f}) {
                step(ftrl, weights, new float[START.length], rate);
                for (int c = 0; c < START.length; c++) {
                    assertThat(state[c])
                            .as("%s, rate %s, parameter %d", ftrl, rate, c)
                            .isCloseTo(before[c], within(1e-5f * Math.abs(before[c])));
                }
            }
        }
    }

    /** Each gradient has a proximal term at its own rate; computed with plain float64 arithmetic. */
    @Test
    void follows_the_regularized_leader_at_changing_rates() {
        double l1 = 0.05;
        double l2 = 0.01;
        Optimizer ftrl = Optimizer.ftrl(l1, l2);
        Weights weights = Weights.zero(new StateLayout(1, 1, 2, true));
        SplittableRandom random = new SplittableRandom(20260404);
        double theta = 0;
        double z = 0;
        double n = 0;
        double before = 0;
        for (int t = 0; t < 100; t++) {
            double rate = 0.5 / (1 + 0.2 * t);
            float g = (float) (2 * (theta - 1) + random.nextDouble(-1, 1));
            n += (double) g * g;
            double d = (1 + Math.sqrt(n)) / rate + l2;
            z += g - (d - before) * theta;
            before = d;
            theta = Math.abs(z) <= l1 ? 0 : -(z - Math.signum(z) * l1) / d;
            ftrl.stepRange(weights, 0, 1, new float[] {g}, 0, StepRows.start(ftrl, (float) rate, t + 1));
            assertThat((double) weights.array()[0])
                    .as("step %d", t)
                    .isCloseTo(theta, within(1e-4 * Math.abs(theta) + 1e-7));
        }
        assertThat(theta).isBetween(0.5, 1.5);
    }

    @Test
    void a_large_l1_leaves_exact_zeros_without_a_sign() {
        Optimizer ftrl = Optimizer.ftrl(10, 0);
        Weights contiguous = Weights.zero(new StateLayout(60, 60, 2, true));
        Weights scattered = Weights.zero(new StateLayout(60, 1, 2, true));
        float[] gradient = new float[60];
        for (int i = 0; i < 60; i++) {
            gradient[i] = i % 2 == 0 ? 1 : -1;
        }
        Step step = StepRows.start(ftrl, 0.1f, 1);
        for (int t = 0; t < 2; t++) {
            ftrl.stepRange(contiguous, 0, 60, gradient, 0, step);
            ftrl.stepRows(scattered, StepRows.all(60), 0, 60, gradient, step);
        }
        for (int i = 0; i < 60; i++) {
            assertThat(Float.floatToRawIntBits(contiguous.parameters()[i]))
                    .as("parameter %d", i)
                    .isZero();
            assertThat(Float.floatToRawIntBits(scattered.parameters()[i]))
                    .as("parameter %d", i)
                    .isZero();
        }
    }

    private static Weights zero() {
        return Weights.zero(new StateLayout(START.length, START.length, 2, true));
    }

    private static Weights warm(Optimizer ftrl, float rate) {
        Weights weights = zero();
        weights.set(START);
        ftrl.warmStart(weights, 0, START.length, rate);
        return weights;
    }

    private static void step(Optimizer ftrl, Weights weights, float[] gradient, float rate) {
        ftrl.stepRange(weights, 0, START.length, gradient, 0, StepRows.start(ftrl, rate, 1));
    }
}
