package io.freshet.cli.feed;

import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * Spreads what is sent evenly over time.
 *
 * <pre>
 *   due(n) = start + n / rate
 * </pre>
 *
 * A sender that fell behind catches up, so that the mean is the rate. Pinned by {@code RateLimiterTest}.
 */
final class RateLimiter {
    /** What is due sooner than this goes at once: waiting takes longer. */
    private static final long SHORTEST_WAIT_NANOS = 100_000;

    private final double rate;
    private final LongSupplier nanoTime;
    private final long start;

    /**
     * @param rate to a second; infinite for as fast as can be
     * @param nanoTime the clock, in nanoseconds
     */
    RateLimiter(double rate, LongSupplier nanoTime) {
        this.rate = rate;
        this.nanoTime = nanoTime;
        start = nanoTime.getAsLong();
    }

    /** Returns how long what comes after {@code sent} others has to wait, in nanoseconds; 0 if it is due. */
    long waitNanos(long sent) {
        if (Double.isInfinite(rate)) {
            return 0;
        }
        long due = start + (long) (sent / rate * 1e9);
        long wait = due - nanoTime.getAsLong();
        return wait < SHORTEST_WAIT_NANOS ? 0 : wait;
    }

    /** Waits until what comes after {@code sent} others is due, or the thread is interrupted. */
    void await(long sent) {
        long wait = waitNanos(sent);
        while (wait > 0 && !Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(this, wait);
            wait = waitNanos(sent);
        }
    }
}
