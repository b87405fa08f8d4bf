package io.freshet.cli.feed;

import java.io.PrintWriter;
import picocli.CommandLine.Option;

/** The option for how many rows may be rejected. */
public final class RejectLimit {
    @Option(
            names = "--max-rejected",
            paramLabel = "<n>|<n>%",
            converter = MaximumRejected.Converter.class,
            defaultValue = MaximumRejected.DEFAULT,
            description =
                    "Exit with code 1 if more rows are rejected, as a share or a number. Everything else is written"
                            + " (default: 10%%).")
    @SuppressWarnings("NullAway.Init")
    private MaximumRejected maximum;

    public boolean isTooMany(long rejected, long rows) {
        return maximum.isExceeded(rejected, rows);
    }

    /** Returns whether too many rows were rejected, and prints that. */
    public boolean isOverMaximum(PrintWriter err, long rejected, long rows) {
        boolean over = isTooMany(rejected, rows);
        if (over) {
            err.println("freshet: --max-rejected " + maximum.text() + ": " + MaximumRejected.summary(rejected, rows)
                    + ", so the exit code is 1");
        }
        return over;
    }
}
