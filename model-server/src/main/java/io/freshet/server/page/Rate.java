package io.freshet.server.page;

import java.util.ArrayDeque;
import java.util.Deque;

/** Samples a second over the last seconds. Not thread-safe. */
final class Rate {
    private static final long SPAN_MILLIS = 5_000;

    private final Deque<long[]> seen = new ArrayDeque<>();

    /**
     * Notes a count and returns the rate, or NaN when there is nothing to compare with.
     *
     * @param now milliseconds since 1970
     */
    double note(long now, long samples) {
        seen.addLast(new long[] {now, samples});
        while (seen.size() > 2 && now - seen.getFirst()[0] > SPAN_MILLIS) {
            seen.removeFirst();
        }
        long[] first = seen.getFirst();
        return now > first[0] ? Math.max(0, samples - first[1]) * 1000.0 / (now - first[0]) : Double.NaN;
    }
}
