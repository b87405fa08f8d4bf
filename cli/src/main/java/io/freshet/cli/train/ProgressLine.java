package io.freshet.cli.train;

import io.freshet.cli.console.Scores;
import io.freshet.learning.yaml.Plural;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * One line with the progress of a run: overwritten in place on a terminal, otherwise a new line every ten seconds.
 */
final class ProgressLine {
    private static final long NANOS = 1_000_000_000L;
    private static final long TERMINAL_SECONDS = 1;
    private static final long OTHER_SECONDS = 10;

    private final PrintWriter err;
    private final boolean terminal;
    private final LongSupplier nanoTime;
    private long shownAt;
    /** Samples done when they were first seen, and when. The rate before that is that of the job's start. */
    private long firstDone;

    private long firstAt;
    private int width;

    /**
     * @param terminal whether a line of {@code err} can be overwritten
     * @param nanoTime the clock, in nanoseconds
     */
    ProgressLine(PrintWriter err, boolean terminal, LongSupplier nanoTime) {
        this.err = err;
        this.terminal = terminal;
        this.nanoTime = nanoTime;
        shownAt = nanoTime.getAsLong();
    }

    /** Returns whether the line was not shown shortly before. */
    boolean isDue() {
        return nanoTime.getAsLong() - shownAt >= (terminal ? TERMINAL_SECONDS : OTHER_SECONDS) * NANOS;
    }

    /**
     * Shows the progress, unless nothing is done. The rate and the time left follow once two updates give a rate.
     *
     * @param loss not a number before the first sample with a weight
     */
    void update(long done, long all, double loss) {
        if (done == 0) {
            return;
        }
        shownAt = nanoTime.getAsLong();
        if (firstDone == 0) {
            firstDone = done;
            firstAt = shownAt;
        }
        String shownLoss = Scores.text(Double.isNaN(loss) ? null : (Double) loss);
        String progress = String.format(Locale.ROOT, "%,d of %s", done, Plural.of(all, "sample"));
        if (done == firstDone) {
            show(progress + ", loss " + shownLoss);
            return;
        }
        double rate = (done - firstDone) / ((shownAt - firstAt) / (double) NANOS);
        show(String.format(
                Locale.ROOT,
                "%s, %,.0f/s, loss %s, %.0f s left",
                progress,
                rate,
                shownLoss,
                Math.max(0, all - done) / rate));
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
