package io.freshet.server.metrics;

/** The staleness of a model: now minus the event time of the newest sample learned. */
public final class Freshness {
    private Freshness() {}

    /**
     * Returns the staleness in seconds, at least 0, or NaN before the first sample.
     *
     * @param watermark newest event time learned, milliseconds since 1970, or Long.MIN_VALUE before the first sample
     * @param now milliseconds since 1970
     */
    public static double ageSeconds(long watermark, long now) {
        return watermark == Long.MIN_VALUE ? Double.NaN : Math.max(0, now - watermark) / 1000.0;
    }
}
