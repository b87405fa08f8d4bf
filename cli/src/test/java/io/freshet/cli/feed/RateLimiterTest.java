package io.freshet.cli.feed;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RateLimiterTest {
    private final AtomicLong now = new AtomicLong(-5_000_000_000L);

    @Test
    void spreads_evenly_and_lets_a_late_sender_catch_up() {
        RateLimiter limiter = new RateLimiter(100, now::get);

        assertThat(limiter.waitNanos(0)).isZero();
        assertThat(limiter.waitNanos(1)).isEqualTo(10_000_000);
        assertThat(limiter.waitNanos(250)).isEqualTo(2_500_000_000L);
        now.addAndGet(35_000_000);
        assertThat(limiter.waitNanos(3)).isZero();
        assertThat(limiter.waitNanos(4)).isEqualTo(5_000_000);
    }

    @Test
    void never_waits_without_a_rate() {
        assertThat(new RateLimiter(Double.POSITIVE_INFINITY, now::get).waitNanos(Long.MAX_VALUE))
                .isZero();
    }
}
