package io.freshet.cli.console;

import io.freshet.cli.input.Format;
import io.freshet.cli.input.InputException;
import io.freshet.cli.input.RowReader;
import io.freshet.cli.input.StandardInput;
import io.freshet.learning.features.RowLayout;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options for an input file that a command can do without. */
public final class InputOptions {
    @Option(
            names = "--input",
            paramLabel = "<file>",
            description = "File of rows: .csv, .svm, .libsvm, .jsonl, or .ndjson, optionally with .gz; - for stdin.")
    private @Nullable Path input;

    @Option(
            names = "--format",
            paramLabel = "csv|libsvm|jsonl",
            description = "Format of the file (default: from the file name).")
    private @Nullable String format;

    public @Nullable Path file() {
        return input == null ? null : StandardInput.once(input);
    }

    public RowReader open(Path file, RowLayout layout) throws InputException {
        return RowReader.open(file, format(file), layout);
    }

    public Format format(Path file) throws InputException {
        return Format.of(file, format, "--format");
    }
}
