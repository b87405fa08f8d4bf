package io.freshet.benchmarks.state;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Catches keys of another distribution than the one that a measurement names. */
class KeysTest {
    @Test
    void draws_keys_uniformly_or_by_zipf_s_law() {
        int[] even = new int[10];
        int[] zipf = new int[10];
        for (int i = 0; i < 10_000; i++) {
            even[new Keys(10, Keys.Draw.EVEN).key(i / 10_000.0)]++;
            zipf[new Keys(10, Keys.Draw.ZIPF).key(i / 10_000.0)]++;
        }
        assertThat(even).containsOnly(1000);
        assertThat(zipf).hasSize(10).doesNotContain(0);
        // The first of n has a share of log 2 / log (n + 1).
        assertThat(zipf[7919 % 10]).isBetween(2880, 2900);
    }
}
