package io.freshet.server.page;

import io.freshet.server.metrics.LatencyHistogram;

/** The requests to one model between two ticks. Not thread-safe. */
final class RequestPace {
    private long[] counts;
    private long at;
    private long[] added;
    private double seconds;

    /**
     * @param counts of durations so far, as in {@link LatencyHistogram}
     * @param at milliseconds since 1970
     */
    RequestPace(long[] counts, long at) {
        this.counts = counts;
        this.at = at;
        added = new long[counts.length];
    }

    /** Starts the next tick. */
    void update(long[] newCounts, long now) {
        added = new long[counts.length];
        for (int i = 0; i < added.length; i++) {
            added[i] = newCounts[i] - counts[i];
        }
        seconds = (now - at) / 1e3;
        counts = newCounts;
        at = now;
    }

    /** Returns the requests per second since the last tick, or NaN without a tick. */
    double perSecond() {
        long total = 0;
        for (long count : added) {
            total += count;
        }
        return seconds > 0 ? total / seconds : Double.NaN;
    }

    /** Returns a quantile of their durations in seconds, or NaN without requests. */
    double quantile(double share) {
        return LatencyHistogram.quantile(added, share);
    }
}
