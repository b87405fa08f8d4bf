package io.freshet.learning.stream;

/** Differences of event times, in milliseconds. They saturate instead of overflowing, since samples may have any event time. */
public final class EventTimes {
    /** No sample yet. */
    public static final long NONE = Long.MIN_VALUE;

    private EventTimes() {}

    /**
     * Returns whether a key is expired at an event time, given the event time of its newest sample.
     *
     * <pre>
     *   newest != NONE and eventTime - newest &gt; timeToLive
     * </pre>
     */
    public static boolean isExpired(long newest, long eventTime, long timeToLive) {
        return newest != NONE && difference(eventTime, newest) > timeToLive;
    }

    /** Returns |a - b|, or Long.MAX_VALUE if that is too large for a long. */
    static long distance(long a, long b) {
        return Math.abs(difference(a, b));
    }

    /** Returns a - b, limited to the range from -Long.MAX_VALUE to Long.MAX_VALUE. */
    public static long difference(long a, long b) {
        long difference = a - b;
        if (((a ^ b) & (a ^ difference)) < 0) {
            return a < b ? -Long.MAX_VALUE : Long.MAX_VALUE;
        }
        return Math.max(difference, -Long.MAX_VALUE);
    }
}
