package io.freshet.server.metrics;

/** The age of the newest event that a model has learned. */
public final class Freshness {
    private Freshness() {}

    /**
     * Returns how long before {@code now} the newest event was, at least 0; NaN before the first.
     *
     * @param watermark milliseconds since 1970, or Long.MIN_VALUE before the first sample
     * @param now milliseconds since 1970
     */
    public static double ageSeconds(long watermark, long now) {
        return watermark == Long.MIN_VALUE ? Double.NaN : Math.max(0, now - watermark) / 1000.0;
    }
}
