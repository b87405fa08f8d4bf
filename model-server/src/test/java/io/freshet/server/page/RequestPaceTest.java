package io.freshet.server.page;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Would catch a latency of minutes ago that is shown as the current one. */
class RequestPaceTest {
    @Test
    void without_requests_since_the_last_tick_the_latency_is_unknown_and_the_rate_0() {
        RequestPace pace = new RequestPace(new long[3], 0);
        pace.update(new long[] {0, 8, 2}, 1_000);
        assertThat(pace.perSecond()).isEqualTo(10);
        assertThat(pace.quantile(0.5)).isPositive();
        assertThat(pace.quantile(0.99)).isGreaterThan(pace.quantile(0.5));

        pace.update(new long[] {0, 8, 2}, 2_000);
        assertThat(pace.perSecond()).isZero();
        assertThat(pace.quantile(0.5)).isNaN();
        assertThat(pace.quantile(0.99)).isNaN();
    }
}
