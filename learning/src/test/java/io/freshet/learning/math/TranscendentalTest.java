package io.freshet.learning.math;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Would catch a wrong digit in a constant, a seam between two formulas, a wrong special value, and any changed bit:
 * every stored model depends on the bits of these functions.
 */
class TranscendentalTest {
    private static final long SEED = 20260109;
    private static final int POINTS = 250_000;
    private static final Map<String, DoubleUnaryOperator> OURS = Map.of(
            "exp", Transcendental::exp,
            "log", Transcendental::log,
            "log1p", Transcendental::log1p,
            "tanh", Transcendental::tanh);
    private static final Map<String, DoubleUnaryOperator> STRICT = Map.of(
            "exp", StrictMath::exp, "log", StrictMath::log, "log1p", StrictMath::log1p, "tanh", StrictMath::tanh);

    @ParameterizedTest
    @CsvSource({
        "exp, -1, 1", "exp, -30, 0", "exp, -708, 709.78", "exp, -746, -707", "exp, 708, 711",
        "log, 0.5, 2", "log, 0.99, 1.01", "log, 0, 10", "log, 0, 1.7e308", "log, 0, 3e-308",
        "log1p, -1, 1", "log1p, -0.31, -0.28", "log1p, 0.4, 0.43", "log1p, 0, 100", "log1p, 0, 1e17",
        "tanh, -0.7, 0.7", "tanh, 0.6, 3", "tanh, -23, 23"
    })
    void agrees_with_the_library_over_a_range(String function, double from, double to) {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int i = 0; i < POINTS; i++) {
            assertAgrees(function, from + (to - from) * random.nextDouble());
        }
    }

    /** All exponents and both signs: subnormal, tiny, huge, and NaN. */
    @ParameterizedTest
    @ValueSource(strings = {"exp", "log", "log1p", "tanh"})
    void agrees_with_the_library_on_any_bits(String function) {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int i = 0; i < 1_000_000; i++) {
            assertAgrees(function, Double.longBitsToDouble(random.nextLong()));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"exp", "log", "log1p", "tanh"})
    void agrees_with_the_library_around_every_seam(String function) {
        double log2 = StrictMath.log(2);
        double[] seams = {
            0,
            0x1p-54,
            0x1p-27,
            0.5 * log2,
            1.5 * log2,
            0.625,
            1,
            2,
            20,
            22,
            0x1p53,
            0x1p54,
            Double.MIN_NORMAL,
            Double.MAX_VALUE,
            StrictMath.sqrt(0.5),
            StrictMath.sqrt(2),
            StrictMath.sqrt(2) - 1,
            1 - StrictMath.sqrt(0.5),
            709.782712893384,
            745.1332191019412,
            746,
            1022 * log2,
            1021 * log2,
            1023.5 * log2,
            1020.5 * log2
        };
        for (double seam : seams) {
            double up = seam;
            double down = seam;
            for (int i = 0; i < 2_000; i++) {
                assertAgrees(function, up);
                assertAgrees(function, -up);
                assertAgrees(function, down);
                assertAgrees(function, -down);
                up = Math.nextUp(up);
                down = Math.nextDown(down);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"exp", "log", "log1p", "tanh"})
    void special_values_equal_those_of_the_library_to_the_bit(String function) {
        double[] values = {
            0.0,
            -0.0,
            Double.NaN,
            Double.POSITIVE_INFINITY,
            Double.NEGATIVE_INFINITY,
            Double.MIN_VALUE,
            -Double.MIN_VALUE,
            Double.MAX_VALUE,
            -Double.MAX_VALUE,
            1,
            -1,
            -2,
            709.7827128933841,
            -745.1332191019412,
            -745.1332191019411
        };
        for (double x : values) {
            double strict = STRICT.get(function).applyAsDouble(x);
            assertThat(Double.doubleToLongBits(OURS.get(function).applyAsDouble(x)))
                    .as("%s(%s) (expected: %s)", function, x, strict)
                    .isEqualTo(Double.doubleToLongBits(strict));
        }
    }

    @ParameterizedTest
    @CsvSource({"exp, c5cfb61b1df1b291", "log, e55bf1e0607d6953", "log1p, 4877c0090dcbad47", "tanh, 5e13a51b707ff503"})
    void the_bits_never_change(String function, String checksum) {
        SplittableRandom random = new SplittableRandom(SEED);
        DoubleUnaryOperator ours = OURS.get(function);
        long sum = 0;
        for (int i = 0; i < POINTS; i++) {
            double x = i % 2 == 0 ? 2 * random.nextDouble() - 1 : 50 * random.nextDouble();
            sum = sum * 31 + Double.doubleToLongBits(ours.applyAsDouble(x));
        }
        assertThat(Long.toHexString(sum)).isEqualTo(checksum);
    }

    @Test
    void sigmoid_has_the_right_limits_symmetry_and_midpoint() {
        assertThat(Transcendental.sigmoid(0)).isEqualTo(0.5);
        assertThat(Transcendental.sigmoid(1e4)).isEqualTo(1);
        assertThat(Transcendental.sigmoid(-1e4)).isEqualTo(0);
        assertThat(Transcendental.sigmoid(-700)).isEqualTo(Transcendental.exp(-700));
        assertThat(Transcendental.sigmoid(1.25) + Transcendental.sigmoid(-1.25)).isCloseTo(1, within(1e-15));
        assertThat(Transcendental.sigmoid(Double.NaN)).isNaN();
    }

    @Test
    void cosine_equals_the_library() {
        assertThat(Transcendental.cos(Math.PI)).isEqualTo(-1);
        assertThat(Transcendental.cos(1)).isEqualTo(0.5403023058681398);
    }

    @Test
    void power_equals_the_library_within_rounding() {
        for (double base : new double[] {1e-3, 0.9, 0.999, 1, 2, 1e6}) {
            for (double exponent : new double[] {0, 0.5, 1, 2, 100, -3}) {
                double expected = StrictMath.pow(base, exponent);
                double product = Math.abs(exponent * Math.log(base));
                assertThat(Transcendental.pow(base, exponent))
                        .as("%s to the power of %s", base, exponent)
                        .isCloseTo(expected, within(expected * 4e-16 * (1 + product)));
            }
        }
        assertThat(Transcendental.pow(0, 0)).isEqualTo(1);
        assertThat(Transcendental.pow(0, 3)).isEqualTo(0);
    }

    private static void assertAgrees(String function, double x) {
        double ours = OURS.get(function).applyAsDouble(x);
        double strict = STRICT.get(function).applyAsDouble(x);
        if (Math.abs(ordinal(ours) - ordinal(strict)) > 2) {
            assertThat(ours)
                    .as("%s(%s), within 2 units in the last place (seed %d)", function, x, SEED)
                    .isEqualTo(strict);
        }
    }

    /** Maps doubles to ordered integers: neighbors are one apart, both zeros are 0, and all NaNs are equal. */
    private static long ordinal(double value) {
        long bits = Double.doubleToLongBits(value);
        return bits < 0 ? Long.MIN_VALUE - bits : bits;
    }
}
