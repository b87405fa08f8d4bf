package io.freshet.cli.predict;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How long to wait before a request is repeated: as long as the server asks, or twice as long each time. The waits and the
 * requests before the last one take up to a minute in total.
 */
final class Backoff {
    private static final Duration FIRST = Duration.ofMillis(250);
    private static final Duration LONGEST = Duration.ofSeconds(4);
    static final Duration LIMIT = Duration.ofMinutes(1);

    private final LongSupplier nanoTime;
    private final long start;
    private Duration next = FIRST;

    /**
     * Starts with the first request.
     *
     * @param nanoTime the clock, in nanoseconds
     */
    Backoff(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        start = nanoTime.getAsLong();
    }

    /**
     * Returns how long to wait, or null if that would exceed the limit.
     *
     * @param retryAfter what the server asked for; null if nothing
     */
    @Nullable Duration next(@Nullable Duration retryAfter) {
        // A server that asks to retry at once must not be asked without end.
        Duration wait = retryAfter == null || retryAfter.compareTo(FIRST) < 0 ? next : retryAfter;
        next = next.multipliedBy(2).compareTo(LONGEST) < 0 ? next.multipliedBy(2) : LONGEST;
        Duration elapsed = Duration.ofNanos(nanoTime.getAsLong() - start);
        return elapsed.plus(wait).compareTo(LIMIT) > 0 ? null : wait;
    }
}
