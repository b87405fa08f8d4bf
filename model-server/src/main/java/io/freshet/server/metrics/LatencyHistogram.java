package io.freshet.server.metrics;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Counts durations in buckets, each of which ends 19 % (a factor of 2^(1/4)) after the one before it, from 1 µs to about
 * a minute. Thread-safe.
 */
public final class LatencyHistogram {
    private static final int PER_DOUBLING = 4;
    private static final int BUCKETS = 26 * PER_DOUBLING;
    private static final double SHORTEST_SECONDS = 1e-6;

    private final AtomicLongArray counts = new AtomicLongArray(BUCKETS);

    void record(double seconds) {
        double bucket = Math.ceil(PER_DOUBLING * Math.log(seconds / SHORTEST_SECONDS) / Math.log(2));
        counts.incrementAndGet((int) Math.max(0, Math.min(BUCKETS - 1, bucket)));
    }

    /** Returns the count of each bucket since the start. */
    public long[] counts() {
        long[] copy = new long[BUCKETS];
        for (int i = 0; i < BUCKETS; i++) {
            copy[i] = counts.get(i);
        }
        return copy;
    }

    /**
     * Returns the duration in seconds that a share of the counted durations does not exceed, rounded up to the end of its
     * bucket; NaN if none is counted.
     *
     * @param counts of each bucket
     * @param share in (0, 1]
     */
    public static double quantile(long[] counts, double share) {
        long total = 0;
        for (long count : counts) {
            total += count;
        }
        long rank = (long) Math.ceil(share * total);
        long seen = 0;
        for (int i = 0; i < counts.length; i++) {
            seen += counts[i];
            if (seen >= rank && seen > 0) {
                return SHORTEST_SECONDS * Math.pow(2, (double) i / PER_DOUBLING);
            }
        }
        return Double.NaN;
    }
}
