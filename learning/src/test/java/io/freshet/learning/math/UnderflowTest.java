package io.freshet.learning.math;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Would catch a number that is rounded where its bits count, and one that is still subnormal or has a subnormal product. */
class UnderflowTest {
    private static final long SEED = 20261130;

    @Test
    void rounds_to_the_nearest_multiple() {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int i = 0; i < 100_000; i++) {
            float factor = (float) random.nextDouble(-1000, 1000);
            assertThat(Underflow.round(factor * 0x1p-95f)).isEqualTo((float) Math.rint(factor) * 0x1p-95f);
            float positive = Math.abs(factor);
            float ofSquare = (float) ((double) positive * 0x1p-123);
            assertThat(Underflow.roundSquare(ofSquare)).isEqualTo((float) Math.rint(positive) * 0x1p-123f);
        }
    }

    @Test
    void every_result_is_0_or_normal_and_within_an_ulp_or_a_multiple() {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int i = 0; i < 1_000_000; i++) {
            float number = Float.intBitsToFloat(random.nextInt());
            if (!Float.isFinite(number)) {
                continue;
            }
            float size = Math.abs(number);
            float rounded = Underflow.round(number);
            assertClose(rounded, number, 0x1p-95);
            assertThat(rounded == 0 || Math.abs(rounded) >= 0x1p-95f)
                    .as("%s", number)
                    .isTrue();
            assertThat(size < 0x1p-46f || rounded == number).as("%s", number).isTrue();
            float square = Underflow.roundSquare(size);
            assertClose(square, size, 0x1p-123);
            assertThat(square == 0 || square >= 0x1p-123f).as("%s", size).isTrue();
            assertThat(size < 0x1p-74f || square == size).as("%s", size).isTrue();
        }
    }

    private static void assertClose(float rounded, float number, double multiple) {
        double error = Math.abs((double) rounded - number);
        assertThat(error).as("error of %s", number).isLessThanOrEqualTo(Math.max(multiple, Math.ulp(number)));
    }

    @ParameterizedTest
    @ValueSource(floats = {0.5f, 0.9f, 0.999f, 0.9999f})
    void a_number_that_decays_comes_to_rest_at_a_small_multiple(float decay) {
        float number = -1;
        float square = 1;
        for (int i = 0; i < 1_000_000; i++) {
            number = Underflow.round(decay * number);
            square = Underflow.roundSquare(decay * square);
        }
        double multiples = 0.5 / (1 - decay) * 1.01;
        assertThat(number).isBetween((float) (-multiples * 0x1p-95), 0f);
        assertThat(square).isBetween(0f, (float) (multiples * 0x1p-123));
        assertThat(Underflow.round(decay * number)).isEqualTo(number);
        assertThat(Underflow.roundSquare(decay * square)).isEqualTo(square);
    }

    @Test
    void keeps_what_is_not_finite() {
        assertThat(Underflow.round(Float.NaN)).isNaN();
        assertThat(Underflow.round(Float.NEGATIVE_INFINITY)).isEqualTo(Float.NEGATIVE_INFINITY);
        assertThat(Underflow.flush(Float.NaN)).isNaN();
        assertThat(Underflow.flush(Double.NaN)).isNaN();
    }

    @Test
    void flushes_only_subnormal_numbers() {
        assertThat(Underflow.flush(-Float.MIN_NORMAL)).isEqualTo(-Float.MIN_NORMAL);
        assertThat(Underflow.flush(Math.nextDown(Float.MIN_NORMAL))).isZero();
        assertThat(Underflow.flush(-Double.MIN_NORMAL)).isEqualTo(-Double.MIN_NORMAL);
        assertThat(Underflow.flush(Math.nextDown(Double.MIN_NORMAL))).isZero();
    }
}
