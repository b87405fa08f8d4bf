package io.freshet.cli.predict;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class BackoffTest {
    @Test
    void waits_twice_as_long_each_time_and_no_more_than_a_minute_in_total() {
        List<Duration> waits = waits(null);

        assertThat(waits.subList(0, 6))
                .containsExactly(
                        Duration.ofMillis(250),
                        Duration.ofMillis(500),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(4),
                        Duration.ofSeconds(4));
        assertThat(waits.stream().reduce(Duration.ZERO, Duration::plus)).isLessThanOrEqualTo(Backoff.LIMIT);
    }

    @Test
    void waits_as_long_as_the_server_asks_unless_that_is_too_long() {
        assertThat(waits(Duration.ofSeconds(25))).containsExactly(Duration.ofSeconds(25), Duration.ofSeconds(25));
        assertThat(waits(Duration.ofDays(1))).isEmpty();
    }

    @Test
    void a_server_that_asks_to_return_at_once_is_not_asked_without_end() {
        assertThat(waits(Duration.ZERO)).isEqualTo(waits(null)).hasSizeLessThan(25);
    }

    @Test
    void the_time_of_the_requests_counts() {
        assertThat(waits(null, Duration.ofSeconds(29))).containsExactly(Duration.ofMillis(250), Duration.ofMillis(500));
        assertThat(waits(null, Duration.ofSeconds(60))).isEmpty();
    }

    private static List<Duration> waits(Duration retryAfter) {
        return waits(retryAfter, Duration.ZERO);
    }

    /** @param request how long each request takes */
    private static List<Duration> waits(Duration retryAfter, Duration request) {
        AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1);
        Backoff backoff = new Backoff(now::get);
        List<Duration> waits = new ArrayList<>();
        while (true) {
            now.addAndGet(request.toNanos());
            Duration wait = backoff.next(retryAfter);
            if (wait == null) {
                return waits;
            }
            waits.add(wait);
            now.addAndGet(wait.toNanos());
        }
    }
}
