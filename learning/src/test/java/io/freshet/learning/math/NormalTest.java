package io.freshet.learning.math;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** Would catch a discontinuity at zero or in the tails, and a density that is not the derivative. */
class NormalTest {
    @Test
    void probabilities_of_both_sides_sum_to_one() {
        for (double x = 0; x < 40; x += 0.01) {
            assertThat(Normal.cdf(x) + Normal.cdf(-x)).as("x %s", x).isCloseTo(1, within(1e-15));
        }
    }

    /** In a step of 2^-10, rounding errors cannot make the probability fall. */
    @Test
    void the_probability_never_falls() {
        for (double x = -40; x < 9; x += 0x1p-10) {
            assertThat(Normal.cdf(x + 0x1p-10)).as("x %s", x).isGreaterThanOrEqualTo(Normal.cdf(x));
        }
    }

    @Test
    void the_density_is_the_slope_of_the_probability() {
        double h = 1e-5;
        for (double x = -8; x <= 8; x += 0.125) {
            double slope = (Normal.cdf(x + h) - Normal.cdf(x - h)) / (2 * h);
            assertThat(Normal.density(x)).as("x %s", x).isCloseTo(slope, within(1e-10));
        }
    }

    @Test
    void handles_infinities_and_nan() {
        assertThat(Normal.cdf(Double.POSITIVE_INFINITY)).isEqualTo(1);
        assertThat(Normal.cdf(Double.NEGATIVE_INFINITY)).isEqualTo(0);
        assertThat(Normal.cdf(Double.NaN)).isNaN();
        assertThat(Normal.cdf(-38.6)).isEqualTo(0);
        assertThat(Normal.cdf(-38.4)).isPositive();
        assertThat(Normal.density(Double.NEGATIVE_INFINITY)).isEqualTo(0);
        assertThat(Normal.density(Double.MAX_VALUE)).isEqualTo(0);
        assertThat(Normal.density(Double.NaN)).isNaN();
        assertThat(Normal.density(-2)).isEqualTo(Normal.density(2));
    }
}
