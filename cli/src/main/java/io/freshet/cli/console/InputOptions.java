package io.freshet.cli.console;

import io.freshet.cli.input.Format;
import io.freshet.cli.input.InputException;
import io.freshet.cli.input.RowReader;
import io.freshet.learning.features.RowLayout;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** A user's file of rows, where a command may do without. */
public final class InputOptions {
    @Option(
            names = "--input",
            paramLabel = "FILE",
            description = "Rows: .csv, .svm, .libsvm, .jsonl or .ndjson, each also with .gz.")
    private @Nullable Path input;

    @Option(
            names = "--format",
            paramLabel = "csv|libsvm|jsonl",
            description = "Format of the file (default: by its name).")
    private @Nullable String format;

    public @Nullable Path file() {
        return input;
    }

    public RowReader open(Path file, RowLayout layout) throws InputException {
        return RowReader.open(file, format(file), layout);
    }

    public Format format(Path file) throws InputException {
        return Format.of(file, format, "--format");
    }
}
