package io.freshet.cli.feed;

import io.freshet.cli.console.StatusLine;
import io.freshet.learning.yaml.Plural;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** Prints the progress of {@code feed}: every second on a terminal, every ten seconds elsewhere. */
final class FeedProgress {
    private static final long TERMINAL_NANOS = 1_000_000_000L;
    private static final long ELSEWHERE_NANOS = 10_000_000_000L;
    /** The clock is read once per this many rows. */
    private static final int ROWS_PER_CHECK = 64;

    private final StatusLine line;
    private final LongSupplier nanoTime;
    private final long interval;
    private final long start;
    private long next;
    private long rows;
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong bad = new AtomicLong();
    private final AtomicLong skipped = new AtomicLong();
    private volatile boolean stopped;

    /** @param nanoTime the clock, in nanoseconds */
    FeedProgress(PrintWriter err, boolean terminal, LongSupplier nanoTime) {
        line = new StatusLine(err, terminal);
        this.nanoTime = nanoTime;
        interval = terminal ? TERMINAL_NANOS : ELSEWHERE_NANOS;
        start = nanoTime.getAsLong();
        next = start + interval;
    }

    long sent() {
        return sent.get();
    }

    long bad() {
        return bad.get();
    }

    long skipped() {
        return skipped.get();
    }

    /** Counts a row of the files, in the first epoch only. Called by one thread. */
    void countRow() {
        rows++;
    }

    long rows() {
        return rows;
    }

    void countSkipped() {
        skipped.incrementAndGet();
    }

    void countSent() {
        sent.incrementAndGet();
    }

    void countBad() {
        bad.incrementAndGet();
    }

    /** Asks the feed to stop after the current row. Thread-safe, as are the counts. */
    void stop() {
        stopped = true;
    }

    boolean isStopped() {
        return stopped;
    }

    double seconds() {
        return (nanoTime.getAsLong() - start) / 1e9;
    }

    /**
     * Prints a line if the interval has passed.
     *
     * @param done bytes read from the file
     * @param size file size in bytes, or 0 if unknown
     */
    void show(long done, long size) {
        if ((sent() + bad() + skipped()) % ROWS_PER_CHECK != 0 || nanoTime.getAsLong() < next) {
            return;
        }
        next = nanoTime.getAsLong() + interval;
        String percentage = size > 0 ? String.format(Locale.ROOT, " (%d%% of the file)", done * 100 / size) : "";
        String text = String.format(
                Locale.ROOT,
                "feed: %s%s, %,d bad, %,.0f rows/s",
                Plural.of(sent(), "row"),
                percentage,
                bad(),
                sent() / seconds());
        if (size > 0) {
            line.show(done / (double) size, text);
        } else {
            line.show(text);
        }
    }

    /** Removes the line from the terminal. */
    void clear() {
        line.clear();
    }
}
