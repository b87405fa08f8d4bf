package io.freshet.cli.input;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options for files whose rows a command reads instead of the samples topic. */
public final class SampleFiles {
    @Option(
            names = "--input",
            paramLabel = "<file>",
            description = "Read the rows of a file, as train learned them, instead of the samples topic; - for stdin. A"
                    + " pattern selects several files; may be repeated.")
    private List<Path> input = new ArrayList<>();

    @Option(
            names = "--input-format",
            paramLabel = "csv|libsvm|jsonl|parquet",
            description = "Format of the file (default: from the file name, or from the first line of stdin).")
    private @Nullable String format;

    @Option(names = "--input-delimiter", paramLabel = "<character>", description = FileFormat.DELIMITER)
    private @Nullable String delimiter;

    /** Returns the files, or null if none are given. */
    public @Nullable RowFiles files() throws InputException {
        return input.isEmpty() ? null : RowFiles.of(input, format, delimiter, "--input-");
    }
}
