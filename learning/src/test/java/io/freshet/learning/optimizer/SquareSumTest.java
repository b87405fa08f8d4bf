package io.freshet.learning.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.learning.TestSpecs;
import io.freshet.learning.model.Weights;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Would catch a float32 sum that stops growing after 2^24 updates, which keeps the learning rate from falling. */
class SquareSumTest {
    private static final long SEED = 20270101;

    private final Step adaGrad = new Step(Optimizer.adaGrad());

    /**
     * Gradients alternate, so that the parameter stays near 0 and G = t g^2. An update depends on nothing but G and t, so 2^20
     * updates from each power of 2 stand for all.
     */
    @ParameterizedTest
    @CsvSource({"adagrad, 1, 0.3", "adagrad, 1, 1", "ftrl, 2, 0.3", "ftrl, 2, 0.01"})
    void sums_follow_the_closed_form_for_100_million_updates(String name, int part, float g) {
        Optimizer optimizer = TestSpecs.optimizer(name, "");
        float[][] state = new float[1 + optimizer.slots()][1];
        Weights weights = Weights.bySlot(1, state);
        float[][] gradients = {{g}, {-g}};
        Step step = new Step(optimizer);
        double square = (float) (g * g);
        int updates = 1 << 20;
        for (int before = 0; before < 100_000_000; before = Math.max(updates, 2 * before)) {
            float start = (float) (before * square);
            state[part][0] = start;
            for (int t = before + 1; t <= before + updates; t++) {
                step.start(0.1f, t);
                optimizer.step(weights, null, gradients[t & 1], 0, 1, step);
            }
            assertThat((state[part][0] - start) / (updates * square))
                    .as("mean square added after %d updates", before)
                    .isCloseTo(1, within(2e-4));
        }
        assertThat(state[0][0]).isCloseTo(0, within(0.2f));
    }

    /** Squares that vary, at a coordinate that only some updates touch. */
    @Test
    void sums_of_varying_squares_are_exact_in_the_mean() {
        SplittableRandom random = new SplittableRandom(SEED);
        float start = 1 << 20;
        float[] sum = {start};
        float[] gradient = new float[1];
        double exact = 0;
        for (long t = 1; t <= 10_000_000; t++) {
            gradient[0] = 0.1f * (float) random.nextDouble();
            if (t % 3 == 0) {
                correct(sum, gradient, t);
                sum[0] += gradient[0] * gradient[0];
                exact += gradient[0] * gradient[0];
            }
        }
        assertThat((sum[0] - start) / exact).as("seed %d", SEED).isCloseTo(1, within(0.01));
    }

    @Test
    void a_square_that_loses_nothing_changes_no_sum() {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int i = 0; i < 100_000; i++) {
            float sum = Float.intBitsToFloat(random.nextInt(Float.floatToRawIntBits(1e-25f), 0x7f7fffff));
            float[] sums = {sum};
            long update = random.nextLong(1, Long.MAX_VALUE);
            correct(sums, new float[1], update);
            assertThat(sums[0]).as("seed %d", SEED).isEqualTo(sum);
        }
    }

    @Test
    void the_largest_sum_stays_the_largest() {
        float[] sums = {Float.MAX_VALUE};
        for (long t = 1; t <= 100; t++) {
            correct(sums, new float[] {0x1p60f}, t);
            sums[0] = Math.min(sums[0] + 0x1p120f, Float.MAX_VALUE);
            assertThat(sums[0]).isEqualTo(Float.MAX_VALUE);
        }
    }

    /** Corrects a sum by the rule of AdaGrad, whose only slot it is. */
    private void correct(float[] sum, float[] gradient, long update) {
        adaGrad.start(0.1f, update);
        SquareSum.correct(Weights.bySlot(1, new float[1], sum), null, gradient, 0, 1, adaGrad);
    }
}
