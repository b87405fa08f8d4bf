package io.freshet.cli.train;

import io.freshet.cli.console.Scores;
import io.freshet.cli.console.StatusLine;
import io.freshet.learning.yaml.Plural;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.function.LongSupplier;

/** The progress of a run, every second on a terminal, otherwise every ten seconds. */
final class ProgressLine {
    private static final long NANOS = 1_000_000_000L;
    private static final long TERMINAL_SECONDS = 1;
    private static final long OTHER_SECONDS = 10;

    private final StatusLine line;
    private final LongSupplier nanoTime;
    private long shownAt;
    /** Samples done when they were first seen, and when. The rate before that is that of the job's start. */
    private long firstDone;

    private long firstAt;

    /**
     * @param terminal whether a line of {@code err} can be overwritten
     * @param nanoTime the clock, in nanoseconds
     */
    ProgressLine(PrintWriter err, boolean terminal, LongSupplier nanoTime) {
        line = new StatusLine(err, terminal);
        this.nanoTime = nanoTime;
        shownAt = nanoTime.getAsLong();
    }

    /** Returns whether the line was not shown shortly before. */
    boolean isDue() {
        return nanoTime.getAsLong() - shownAt >= (line.isTerminal() ? TERMINAL_SECONDS : OTHER_SECONDS) * NANOS;
    }

    /**
     * Shows the progress, unless nothing is done. The rate and the time left follow once two updates give a rate.
     *
     * @param all 0 as long as it is unknown
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
        String progress = all == 0
                ? Plural.of(done, "sample")
                : String.format(Locale.ROOT, "%,d of %s", done, Plural.of(all, "sample"));
        if (done == firstDone) {
            show(done, all, progress + ", loss " + shownLoss);
            return;
        }
        double rate = (done - firstDone) / ((shownAt - firstAt) / (double) NANOS);
        String left = all == 0 ? "" : String.format(Locale.ROOT, ", %.0f s left", Math.max(0, all - done) / rate);
        show(done, all, String.format(Locale.ROOT, "%s, %,.0f/s, loss %s%s", progress, rate, shownLoss, left));
    }

    private void show(long done, long all, String text) {
        if (all == 0) {
            line.show(text);
        } else {
            line.show(done / (double) all, text);
        }
    }

    /** Removes the line from the terminal. */
    void clear() {
        line.clear();
    }
}
