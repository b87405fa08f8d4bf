package io.freshet.learning.math;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Would catch a row that is learned twice in an epoch, or never, and a biased order. */
class PermutationTest {
    @Test
    void contains_every_number_once() {
        for (int count : new int[] {0, 1, 2, 1000}) {
            int[] order = Permutation.of(42, 3, count);
            Arrays.sort(order);
            for (int i = 0; i < count; i++) {
                assertThat(order[i]).isEqualTo(i);
            }
        }
    }

    @Test
    void depends_only_on_seed_and_epoch() {
        assertThat(Permutation.of(42, 0, 100))
                .isEqualTo(Permutation.of(42, 0, 100))
                .isNotEqualTo(Permutation.of(42, 1, 100))
                .isNotEqualTo(Permutation.of(43, 0, 100));
        // Any later version must train the same model again to the same bits.
        assertThat(Permutation.of(42, 1, 10)).containsExactly(9, 5, 4, 2, 0, 1, 6, 3, 7, 8);
    }

    /** Each of 24 orders is expected 500 times; a difference of 120 is five standard deviations. */
    @Test
    void all_orders_are_equally_likely() {
        Map<String, Integer> counts = new HashMap<>();
        for (int epoch = 0; epoch < 12_000; epoch++) {
            counts.merge(Arrays.toString(Permutation.of(7, epoch, 4)), 1, Integer::sum);
        }
        assertThat(counts).hasSize(24);
        assertThat(counts.values()).allSatisfy(count -> assertThat(count).isBetween(380, 620));
    }
}
