package io.freshet.cli.feed;

import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * Spaces rows evenly over time.
 *
 * <pre>
 *   due(n) = start + n / rate
 * </pre>
 *
 * A sender that falls behind catches up, so the mean rate is kept. Pinned by {@code RateLimiterTest}.
 */
public final class RateLimiter {
    /** Shorter waits are skipped, since parking the thread takes longer. */
    private static final long SHORTEST_WAIT_NANOS = 100_000;

    private final double rate;
    private final LongSupplier nanoTime;
    private final long start;

    /**
     * @param rate rows per second; infinite for no limit
     * @param nanoTime the clock, in nanoseconds
     */
    public RateLimiter(double rate, LongSupplier nanoTime) {
        this.rate = rate;
        this.nanoTime = nanoTime;
        start = nanoTime.getAsLong();
    }

    /** Returns the nanoseconds until the row after {@code sent} others is due; 0 if it is due now. */
    long waitNanos(long sent) {
        if (Double.isInfinite(rate)) {
            return 0;
        }
        long due = start + (long) (sent / rate * 1e9);
        long wait = due - nanoTime.getAsLong();
        return wait < SHORTEST_WAIT_NANOS ? 0 : wait;
    }

    /** Waits until the row after {@code sent} others is due, or the thread is interrupted. */
    public void await(long sent) {
        long wait = waitNanos(sent);
        while (wait > 0 && !Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(this, wait);
            wait = waitNanos(sent);
        }
    }
}
