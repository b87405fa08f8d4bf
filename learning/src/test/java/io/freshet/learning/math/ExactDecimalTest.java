package io.freshet.learning.math;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Would catch a number that differs from the one that Java reads, and an exponent without a power of ten. */
class ExactDecimalTest {
    @Test
    void equals_the_parser_of_java() {
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 100_000; i++) {
            long digits = random.nextLong(ExactDecimal.LARGEST + 1) >> random.nextInt(53);
            int exponent = random.nextInt(-22, 23);

            assertThat(ExactDecimal.of(digits, exponent)).isEqualTo(Double.parseDouble(digits + "e" + exponent));
        }
    }

    @Test
    void has_no_exponent_beyond_22() {
        assertThat(ExactDecimal.hasExponent(22)).isTrue();
        assertThat(ExactDecimal.hasExponent(-22)).isTrue();
        assertThat(ExactDecimal.hasExponent(23)).isFalse();
        assertThat(ExactDecimal.hasExponent(-23)).isFalse();
        assertThat(ExactDecimal.hasExponent(Integer.MAX_VALUE)).isFalse();
        assertThat(ExactDecimal.hasExponent(Integer.MIN_VALUE)).isFalse();
    }
}
