package io.freshet.cli.feed;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.function.LongSupplier;

/** Says now and then how far feeding is: every second on a terminal, every ten seconds elsewhere. */
final class FeedProgress {
    private static final long TERMINAL_NANOS = 1_000_000_000L;
    private static final long ELSEWHERE_NANOS = 10_000_000_000L;
    /** Rows between two looks at the clock. */
    private static final int ROWS = 64;

    private final PrintWriter err;
    private final LongSupplier nanoTime;
    private final long interval;
    private final long start;
    private long next;
    private long sent;
    private long bad;

    /** @param nanoTime the clock, in nanoseconds */
    FeedProgress(PrintWriter err, boolean terminal, LongSupplier nanoTime) {
        this.err = err;
        this.nanoTime = nanoTime;
        interval = terminal ? TERMINAL_NANOS : ELSEWHERE_NANOS;
        start = nanoTime.getAsLong();
        next = start + interval;
    }

    long sent() {
        return sent;
    }

    long bad() {
        return bad;
    }

    void countSent() {
        sent++;
    }

    void countBad() {
        bad++;
    }

    double seconds() {
        return (nanoTime.getAsLong() - start) / 1e9;
    }

    /**
     * Prints a line if it is time.
     *
     * @param done bytes of the file that were taken in
     * @param size of the file in bytes, or 0 if it is not known
     */
    void show(long done, long size) {
        if ((sent + bad) % ROWS != 0 || nanoTime.getAsLong() < next) {
            return;
        }
        next = nanoTime.getAsLong() + interval;
        String part = size > 0 ? String.format(Locale.ROOT, " (%d%% of the file)", done * 100 / size) : "";
        err.println(String.format(
                Locale.ROOT, "feed: %,d rows%s, %,d bad, %,.0f rows/s", sent, part, bad, sent / seconds()));
    }
}
