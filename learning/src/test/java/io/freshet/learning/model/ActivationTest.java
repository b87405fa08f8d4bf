package io.freshet.learning.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.Golden;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ActivationTest {
    private static final float[] SUMS = {-1e30f, -100, -5, -1, -0.1f, -1e-30f, 1e-40f, 1e-30f, 0.1f, 1, 5, 100, 1e30f};

    private static float[] apply(Activation activation, float[] sums) {
        float[] z = sums.clone();
        float[] y = activation.needsSums() ? new float[z.length] : z;
        activation.apply(z, y, 0, z.length);
        return y;
    }

    private static float[] slopes(Activation activation, float[] sums) {
        float[] z = sums.clone();
        float[] y = activation.needsSums() ? new float[z.length] : z;
        activation.apply(z, y, 0, z.length);
        float[] delta = new float[z.length];
        Arrays.fill(delta, 1);
        activation.chain(z, y, delta, 0, z.length);
        return delta;
    }

    @ParameterizedTest
    @EnumSource(Activation.class)
    void has_the_value_and_the_slope_of_its_formula(Activation activation) {
        float[] y = apply(activation, SUMS);
        float[] slopes = slopes(activation, SUMS);
        for (int i = 0; i < SUMS.length; i++) {
            double z = SUMS[i];
            Golden.assertClose(y[i], NetworkOracle.activate(activation, z), 1e-6, 0x1p-96, activation + " of " + z);
            double step = Math.max(1e-6, Math.abs(z) * 1e-6);
            if (Math.abs(z) > step) {
                double slope =
                        (NetworkOracle.activate(activation, z + step) - NetworkOracle.activate(activation, z - step))
                                / (2 * step);
                Golden.assertClose(slopes[i], slope, 1e-5, 1e-6, "slope of " + activation + " at " + z);
            }
        }
    }

    /** Products of matrices with subnormal numbers take many times longer on some CPUs. */
    @ParameterizedTest
    @EnumSource(Activation.class)
    void tails_and_the_gradients_that_they_shrink_are_0_or_normal(Activation activation) {
        float[] sums = new float[22_001];
        for (int i = 0; i < sums.length; i++) {
            sums[i] = (i - 11_000) / 100f;
        }
        float[] y = activation.needsSums() ? new float[sums.length] : sums;
        activation.apply(sums, y, 0, sums.length);
        float[] delta = new float[sums.length];
        Arrays.fill(delta, 1e-25f);
        activation.chain(sums, y, delta, 0, sums.length);
        for (int i = 0; i < sums.length; i++) {
            float z = (i - 11_000) / 100f;
            assertThat(y[i] == 0 || Math.abs(y[i]) >= 1e-30f)
                    .as("y %s at %s", y[i], z)
                    .isTrue();
            assertThat(delta[i] == 0 || Math.abs(delta[i]) >= 1e-30f)
                    .as("%s at %s", delta[i], z)
                    .isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource(Activation.class)
    void is_finite_for_finite_input_and_propagates_nan(Activation activation) {
        float[] extreme = {-Float.MAX_VALUE, -Float.MIN_VALUE, -0f, 0, Float.MIN_VALUE, Float.MAX_VALUE};
        for (float y : apply(activation, extreme)) {
            assertThat(y).isFinite();
        }
        for (float slope : slopes(activation, extreme)) {
            assertThat(slope).isBetween(-0.2f, 1.2f);
        }
        assertThat(apply(activation, new float[] {Float.NaN})[0]).isNaN();
    }
}
