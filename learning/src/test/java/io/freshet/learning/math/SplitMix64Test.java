package io.freshet.learning.math;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Would catch any change of the numbers (a network would be initialized differently), and a biased draw. */
class SplitMix64Test {
    private static final int DRAWS = 1_000_000;

    /** The first numbers published with the reference code. */
    @Test
    void returns_the_published_numbers() {
        SplitMix64 random = new SplitMix64(1234567);
        for (String expected : new String[] {
            "6457827717110365317",
            "3203168211198807973",
            "9817491932198370423",
            "4593380528125082431",
            "16408922859458223821"
        }) {
            assertThat(Long.toUnsignedString(random.nextLong())).isEqualTo(expected);
        }
        assertThat(new SplitMix64(0).nextLong()).isEqualTo(0xe220a8397b1dcdafL);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 42, -1, Long.MIN_VALUE, 0x123456789abcdefL})
    void equals_the_library_in_sequence_and_by_index(long seed) {
        SplittableRandom library = new SplittableRandom(seed);
        SplitMix64 random = new SplitMix64(seed);
        for (int i = 0; i < 1_000; i++) {
            long expected = library.nextLong();
            assertThat(SplitMix64.at(seed, i)).isEqualTo(expected);
            assertThat(random.nextLong()).isEqualTo(expected);
        }
    }

    /** The numbers were computed by an implementation in Python. */
    @Test
    void names_give_unrelated_sequences_that_never_change() {
        assertThat(SplitMix64.of(42, "layer1.weights").nextLong()).isEqualTo(3288733383181362889L);
        assertThat(SplitMix64.of(43, "layer1.weights").nextLong()).isEqualTo(-3457709540856113710L);
        Set<Long> first = new HashSet<>();
        for (long seed = 0; seed < 30; seed++) {
            for (String name : new String[] {"", "a", "b", "ab", "ba", "aa", "layer1", "layer2", "Zürich ✈"}) {
                first.add(SplitMix64.of(seed, name).nextLong());
            }
        }
        assertThat(first).hasSize(30 * 9);
    }

    @Test
    void continues_from_its_state() {
        SplitMix64 random = new SplitMix64(7);
        random.nextGaussian();
        SplitMix64 resumed = new SplitMix64(random.state());
        for (int i = 0; i < 100; i++) {
            assertThat(resumed.nextGaussian()).isEqualTo(random.nextGaussian());
        }
    }

    /** Tolerances are five standard errors. */
    @Test
    void doubles_are_uniform() {
        SplitMix64 random = new SplitMix64(1);
        assertMoments(random::nextDouble, 0.5, 1 / 12.0, 1 / 80.0);
        for (int i = 0; i < DRAWS; i++) {
            assertThat(random.nextDouble()).isGreaterThanOrEqualTo(0).isLessThan(1);
        }
        assertThat(SplitMix64.unit(-1)).isEqualTo(1 - 0x1p-53);
        assertThat(SplitMix64.unit(0)).isEqualTo(0);
    }

    @Test
    void gaussians_have_normal_moments_and_tails() {
        SplitMix64 random = new SplitMix64(2);
        assertMoments(random::nextGaussian, 0, 1, 3);
        for (double bound : new double[] {-3, -2, -1, 0, 0.5, 1, 2, 3}) {
            int below = 0;
            for (int i = 0; i < DRAWS; i++) {
                below += random.nextGaussian() < bound ? 1 : 0;
            }
            double p = Normal.cdf(bound);
            assertThat(below / (double) DRAWS)
                    .as("share below %s", bound)
                    .isCloseTo(p, within(5 * Math.sqrt(p * (1 - p) / DRAWS)));
        }
    }

    /** Chi-squared has the mean bound - 1 and twice that as its variance. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 10, 64, 1000})
    void whole_numbers_are_equally_likely(int bound) {
        SplitMix64 random = new SplitMix64(3);
        int[] counts = new int[bound];
        for (int i = 0; i < DRAWS; i++) {
            counts[random.nextInt(bound)]++;
        }
        double expected = DRAWS / (double) bound;
        double chi = 0;
        for (int count : counts) {
            chi += (count - expected) * (count - expected) / expected;
        }
        assertThat(chi).isCloseTo(bound - 1, within(5 * Math.sqrt(2.0 * bound)));
    }

    /** 3/4 of the range of an int: without rejection, one third of the numbers would be drawn twice as often. */
    @Test
    void large_bounds_are_not_biased() {
        SplitMix64 random = new SplitMix64(4);
        int bound = 3 << 29;
        int third = 0;
        for (int i = 0; i < DRAWS; i++) {
            int drawn = random.nextInt(bound);
            assertThat(drawn).isBetween(0, bound - 1);
            third += drawn % 3 == 0 ? 1 : 0;
        }
        assertThat(third / (double) DRAWS).isCloseTo(1 / 3.0, within(5 * Math.sqrt(2 / 9.0 / DRAWS)));
    }

    @Test
    void one_bit_of_the_counter_changes_half_of_the_bits() {
        long flips = 0;
        for (long i = 0; i < 10_000; i++) {
            for (int bit = 0; bit < 64; bit++) {
                flips += Long.bitCount(SplitMix64.at(5, i) ^ SplitMix64.at(5, i ^ (1L << bit)));
            }
        }
        assertThat(flips / 640_000.0).isCloseTo(32, within(0.05));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
    void rejects_a_bound_that_is_not_positive(int bound) {
        assertThatThrownBy(() -> new SplitMix64(1).nextInt(bound))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("bound: " + bound + " (expected: > 0)");
    }

    private static void assertMoments(DoubleSupplier draws, double mean, double variance, double fourth) {
        double sum = 0;
        double squares = 0;
        for (int i = 0; i < DRAWS; i++) {
            double d = draws.getAsDouble() - mean;
            sum += d;
            squares += d * d;
        }
        assertThat(sum / DRAWS).isCloseTo(0, within(5 * Math.sqrt(variance / DRAWS)));
        assertThat(squares / DRAWS).isCloseTo(variance, within(5 * Math.sqrt((fourth - variance * variance) / DRAWS)));
    }
}
