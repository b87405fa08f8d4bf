package io.freshet.cli.predict;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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

    private static List<Duration> waits(Duration retryAfter) {
        Backoff backoff = new Backoff();
        List<Duration> waits = new ArrayList<>();
        for (Duration wait = backoff.next(retryAfter); wait != null; wait = backoff.next(retryAfter)) {
            waits.add(wait);
        }
        return waits;
    }
}
