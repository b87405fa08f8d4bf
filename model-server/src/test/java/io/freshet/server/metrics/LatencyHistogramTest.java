package io.freshet.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class LatencyHistogramTest {
    private final LatencyHistogram histogram = new LatencyHistogram();

    @Test
    void quantiles_are_rounded_up_by_at_most_a_fifth() {
        for (int i = 1; i <= 1_000; i++) {
            histogram.record(i * 1e-4);
        }

        assertThat(LatencyHistogram.quantile(histogram.counts(), 0.5)).isBetween(0.05, 0.06);
        assertThat(LatencyHistogram.quantile(histogram.counts(), 0.99)).isBetween(0.099, 0.119);
    }

    @Test
    void durations_out_of_range_count_as_the_shortest_and_the_longest() {
        histogram.record(0);
        histogram.record(1e9);

        assertThat(LatencyHistogram.quantile(histogram.counts(), 0.5)).isEqualTo(1e-6);
        assertThat(LatencyHistogram.quantile(histogram.counts(), 1)).isCloseTo(56, within(1.0));
    }

    @Test
    void there_is_no_quantile_of_nothing() {
        assertThat(LatencyHistogram.quantile(histogram.counts(), 0.5)).isNaN();
    }
}
