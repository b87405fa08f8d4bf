package io.freshet.cli.input;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options for the format of the files that a command reads. */
public final class FileFormat {
    static final String DELIMITER =
            "Character between the fields of CSV, or comma, semicolon, tab, or pipe (default: detected).";

    @Option(
            names = "--format",
            paramLabel = "csv|libsvm|jsonl|parquet",
            description = "Format of the files (default: from the file name, or from the first line of stdin).")
    private @Nullable String format;

    @Option(names = "--delimiter", paramLabel = "<character>", description = DELIMITER)
    private @Nullable String delimiter;

    /** Returns the files that names and patterns select. */
    public RowFiles files(List<Path> given) throws InputException {
        return RowFiles.of(given, format, delimiter, "--");
    }
}
