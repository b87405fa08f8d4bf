package io.freshet.learning.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** Would catch the defect of systems that start from weights with z = 0: the first update wipes the model. */
class FtrlTest {
    private static final float[] START = {1.5f, -0.75f, 0, 3e-4f, -120};

    @Test
    void a_warm_start_survives_an_update_without_gradient() {
        for (Optimizer ftrl : new Optimizer[] {Optimizer.ftrl(0, 0), Optimizer.ftrl(0.5, 0.25), new Ftrl(0.5, 2, 0)}) {
            float[] state = warm(ftrl, 0.1f);
            step(ftrl, state, new float[START.length], 0.1f);
            for (int c = 0; c < START.length; c++) {
                assertThat(state[c])
                        .as("%s, parameter %d", ftrl, c)
                        .isCloseTo(START[c], within(1e-3f * Math.abs(START[c])));
            }
            step(ftrl, state, new float[START.length], 0.1f);
        }
    }

    @Test
    void a_warm_start_moves_by_a_step_that_a_small_gradient_makes() {
        Optimizer ftrl = Optimizer.ftrl(0, 0);
        float[] state = warm(ftrl, 0.1f);
        float[] gradient = {0.01f, 0.01f, 0.01f, 0.01f, 0.01f};
        step(ftrl, state, gradient, 0.1f);
        // n = 1e-4: theta + sigma theta / k - g / k, where k = (1 + 0.01) / 0.1, and the old k is 10
        for (int c = 0; c < START.length; c++) {
            double z = -START[c] * 10.0 + 0.01 - 0.1 * START[c];
            assertThat(state[c]).isCloseTo((float) (-z / 10.1), within(2e-6f * Math.max(1, Math.abs(START[c]))));
        }
    }

    @Test
    void without_the_warm_start_the_model_is_gone() {
        Optimizer ftrl = Optimizer.ftrl(0, 0);
        float[] cold = new float[3 * START.length];
        System.arraycopy(START, 0, cold, 0, START.length);
        step(ftrl, cold, new float[START.length], 0.1f);
        assertThat(cold[0]).isZero();
    }

    @Test
    void a_large_l1_leaves_exact_zeros_without_a_sign() {
        Optimizer ftrl = Optimizer.ftrl(10, 0);
        float[] state = new float[3 * 60];
        float[] gradient = new float[60];
        for (int i = 0; i < 60; i++) {
            gradient[i] = i % 2 == 0 ? 1 : -1;
        }
        Step step = StepRows.prepare(ftrl, 0.1f, 1);
        ftrl.step(state, 60, 0, 60, gradient, 0, step);
        ftrl.step(state, 60, 1, StepRows.all(60), gradient, 0, 60, 1, step);
        for (int i = 0; i < 60; i++) {
            assertThat(Float.floatToRawIntBits(state[i])).as("parameter %d", i).isZero();
        }
    }

    private static float[] warm(Optimizer ftrl, float rate) {
        float[] state = new float[3 * START.length];
        System.arraycopy(START, 0, state, 0, START.length);
        ftrl.warmStart(state, START.length, 0, START.length, rate);
        return state;
    }

    private static void step(Optimizer ftrl, float[] state, float[] gradient, float rate) {
        ftrl.step(state, START.length, 0, START.length, gradient, 0, StepRows.prepare(ftrl, rate, 1));
    }
}
