package io.freshet.cli.feed;

import io.freshet.cli.console.OneLine;
import io.freshet.cli.input.CommandFiles;
import io.freshet.cli.input.InputException;
import io.freshet.cli.input.OutputFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options for rejected rows. */
public final class RejectOptions {
    private static final int SHOWN_REASONS = 10;

    @Option(
            names = "--rejects",
            paramLabel = "<file>",
            description = "Write the rejected rows, as they were in the input, and the reason for each.")
    private @Nullable Path rejects;

    @Mixin
    private RejectLimit limit = new RejectLimit();

    /**
     * Returns the file for the rejected rows; null for none.
     *
     * @throws InputException if it cannot be written, or is one of the command's other files
     */
    public @Nullable OutputFile file(CommandFiles files) throws IOException {
        return files.writesIfGiven("--rejects", rejects);
    }

    public RejectLimit limit() {
        return limit;
    }

    /** Prints how many rows were rejected and why, if any. */
    public static void print(PrintWriter err, String prefix, long rejected, long rows, List<RejectReason> reasons) {
        if (rejected == 0) {
            return;
        }
        err.println("freshet: " + prefix + MaximumRejected.summary(rejected, rows));
        reasons.stream().limit(SHOWN_REASONS).forEach(reason -> err.println("  " + OneLine.of(reason.toString())));
        if (reasons.size() > SHOWN_REASONS) {
            err.println("  " + (reasons.size() - SHOWN_REASONS) + " more reasons; --rejects keeps every row");
        }
    }
}
