package io.freshet.learning.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Would catch a wrong sign, a mean without the current value, and an incomplete reset. */
class PageHinkleyTest {
    private static final long SEED = 20260112;

    /** The first values of the example in River's documentation, which detects the change at index 1006, value 5. */
    @Test
    void detects_the_change_of_the_published_example_at_the_published_index() {
        String bits =
                "222aa8771deb7322f655c8c3590c849e39621e8722181576e36149015fd9c4fcc85bf744ae42ffe7036322178ab8793e09c6ec5c"
                        + "d4062f61aec3cfc385de66aa80f28a830440e5e0c5162f97462f674f2fce128367cf93cf374e9cff5c02d1a6be3fbe0531022abe"
                        + "be89e1571121b5878a2675b0c3bbd884f1c14aedfb";
        String first = new BigInteger(bits, 16).toString(2);
        String values = "0".repeat(1_000 - first.length()) + first + "4674675467764756676466746474645555557444";

        PageHinkley detector = new PageHinkley();
        List<Integer> detections = new ArrayList<>();
        for (int i = 0; i < 1_010; i++) {
            if (detector.update(values.charAt(i) - '0')) {
                detections.add(i);
            }
        }
        assertThat(detections).containsExactly(1006);
        assertThat(values.charAt(1006)).isEqualTo('5');
    }

    @ParameterizedTest
    @CsvSource({"0.005, 50, 0.9999, 30", "0, 2, 1, 1", "0.1, 5, 0.99, 100", "0.02, 1, 0.9, 5"})
    void equals_sums_over_all_values(double delta, double threshold, double alpha, int minimum) {
        SplittableRandom random = new SplittableRandom(SEED);
        PageHinkley detector = new PageHinkley(delta, threshold, alpha, minimum);
        List<Double> since = new ArrayList<>();
        List<Double> sums = new ArrayList<>();
        int detections = 0;
        for (int i = 0; i < 3_000; i++) {
            double value = (i / 500 % 2) * 0.9 + random.nextDouble();
            since.add(value);
            double mean = since.stream().mapToDouble(Double::doubleValue).sum() / since.size();
            double before = sums.isEmpty() ? 0 : sums.get(sums.size() - 1);
            sums.add(alpha * before + value - mean - delta);
            double low = sums.stream().mapToDouble(Double::doubleValue).min().orElseThrow();
            boolean expected = since.size() >= minimum && sums.get(sums.size() - 1) - low > threshold;

            assertThat(detector.update(value)).as("seed %d, value %d", SEED, i).isEqualTo(expected);

            if (expected) {
                detections++;
                since.clear();
                sums.clear();
            }
        }
        assertThat(detections).isPositive();
    }

    /** Without decay, for m zeros and then k ones: sum - low = 1 - 1 / (m + 1) - delta + ... + 1 - k / (m + k) - delta. */
    @Test
    void detects_a_step_at_the_value_of_the_closed_form() {
        int zeros = 100;
        PageHinkley detector = new PageHinkley(0.01, 7, 1, 1);
        for (int i = 0; i < zeros; i++) {
            assertThat(detector.update(0)).isFalse();
        }
        double rise = 0;
        int ones = 0;
        while (rise <= 7) {
            ones++;
            rise += 1 - (double) ones / (zeros + ones) - 0.01;
            assertThat(detector.update(1)).as("after %d ones", ones).isEqualTo(rise > 7);
        }
        assertThat(ones).isEqualTo(8);
    }

    @Test
    void a_fall_is_not_a_change() {
        PageHinkley detector = new PageHinkley(0.005, 5, 0.9999, 30);
        for (int i = 0; i < 2_000; i++) {
            assertThat(detector.update(i < 1_000 ? 1 : 0)).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 1.1e100, -Double.MAX_VALUE})
    void a_value_that_is_not_finite_or_too_large_changes_nothing(double bad) {
        PageHinkley detector = new PageHinkley(0, 1, 1, 1);
        detector.update(0.5);
        double[] before = detector.state();
        assertThat(detector.update(bad)).isFalse();
        assertThat(detector.state()).containsExactly(before);
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', textBlock = """
            -1.0; 50;  0.9; 30; delta: -1.0 (expected: in [0, 1e100])
            NaN;  50;  0.9; 30; delta: NaN (expected: in [0, 1e100])
            0;    0;   0.9; 30; threshold: 0.0 (expected: in (0, 1e100])
            0;    NaN; 0.9; 30; threshold: NaN (expected: in (0, 1e100])
            0;    50;  0;   30; alpha: 0.0 (expected: in (0, 1])
            0;    50;  1.1; 30; alpha: 1.1 (expected: in (0, 1])
            0;    50;  0.9; 0;  minimum: 0 (expected: at least 1)
            """)
    void rejects_invalid_settings(double delta, double threshold, double alpha, int minimum, String message) {
        assertThatThrownBy(() -> new PageHinkley(delta, threshold, alpha, minimum))
                .hasMessage(message);
    }
}
