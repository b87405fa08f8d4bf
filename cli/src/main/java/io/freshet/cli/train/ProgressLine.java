package io.freshet.cli.train;

import java.io.PrintWriter;
import java.util.Locale;

/**
 * One line with the progress of a run: overwritten in place on a terminal, otherwise a new line every ten seconds.
 */
final class ProgressLine {
    private static final long NANOS = 1_000_000_000L;
    private static final long TERMINAL_SECONDS = 1;
    private static final long OTHER_SECONDS = 10;

    private final PrintWriter err;
    private final boolean terminal;
    private final long start = System.nanoTime();
    private long shownAt = start;
    private int width;

    /** @param terminal whether a line of {@code err} can be overwritten */
    ProgressLine(PrintWriter err, boolean terminal) {
        this.err = err;
        this.terminal = terminal;
    }

    /** Returns whether the line was not shown shortly before. */
    boolean isDue() {
        return System.nanoTime() - shownAt >= (terminal ? TERMINAL_SECONDS : OTHER_SECONDS) * NANOS;
    }

    /**
     * Shows the progress, unless nothing is done.
     *
     * @param loss not a number before the first sample with a weight
     */
    void update(long done, long all, double loss) {
        if (done == 0) {
            return;
        }
        long now = System.nanoTime();
        shownAt = now;
        double rate = done / ((now - start) / (double) NANOS);
        show(String.format(
                Locale.ROOT,
                "%,d of %,d samples, %,.0f/s, loss %s, %.0f s left",
                done,
                all,
                rate,
                ProgressTable.number(Double.isNaN(loss) ? null : (Double) loss),
                (all - done) / rate));
    }

    private void show(String line) {
        if (terminal) {
            err.print("\r" + line + " ".repeat(Math.max(0, width - line.length())));
            width = line.length();
        } else {
            err.println(line);
        }
        err.flush();
    }

    /** Removes the line from the terminal. */
    void clear() {
        if (terminal && width > 0) {
            err.print("\r" + " ".repeat(width) + "\r");
            err.flush();
        }
    }
}
