package io.freshet.server.page;

import java.util.ArrayDeque;
import java.util.Deque;

/** Samples per second over the last five seconds. Not thread-safe. */
final class Rate {
    private static final long SPAN_MILLIS = 5_000;

    private final Deque<long[]> counts = new ArrayDeque<>();

    /**
     * Adds a count and returns the rate, or NaN if no time has passed since the first count.
     *
     * @param now milliseconds since 1970
     */
    double update(long now, long samples) {
        counts.addLast(new long[] {now, samples});
        while (counts.size() > 2 && now - counts.getFirst()[0] > SPAN_MILLIS) {
            counts.removeFirst();
        }
        long[] first = counts.getFirst();
        return now > first[0] ? Math.max(0, samples - first[1]) * 1000.0 / (now - first[0]) : Double.NaN;
    }
}
