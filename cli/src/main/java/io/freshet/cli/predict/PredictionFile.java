package io.freshet.cli.predict;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.freshet.cli.console.Terminal;
import io.freshet.cli.input.CommandFiles;
import io.freshet.cli.input.InputException;
import io.freshet.cli.input.OutputFile;
import io.freshet.schemas.snapshot.Draft;
import java.io.FilterWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Where predictions are written, and in which format.
 *
 * @param file null for standard output
 */
public record PredictionFile(@Nullable OutputFile file, Format format) {
    private static final String GZIP = ".gz";
    private static final int BUFFER = 1 << 16;

    /** The format of predictions. Tables are for people, and only on standard output. */
    public enum Format {
        TABLE,
        CSV(".csv"),
        TSV(".tsv"),
        JSON_LINES(".jsonl", ".ndjson", ".json");

        private final List<String> extensions;

        Format(String... extensions) {
            this.extensions = List.of(extensions);
        }
    }

    /**
     * Returns what {@code --output} selects: {@code text}, {@code csv}, or {@code json} on standard output, or a file.
     *
     * @param output null for a table on a terminal, and CSV elsewhere
     * @param files of the command
     * @throws InputException if the file cannot be written, or if its name has another extension
     */
    public static PredictionFile ofOutput(@Nullable String output, CommandFiles files) throws IOException {
        if (output == null) {
            return new PredictionFile(null, Terminal.isUsed() ? Format.TABLE : Format.CSV);
        }
        return switch (output) {
            case "text" -> new PredictionFile(null, Format.TABLE);
            case "csv" -> new PredictionFile(null, Format.CSV);
            case "json" -> new PredictionFile(null, Format.JSON_LINES);
            default -> of("--output", Path.of(output), files);
        };
    }

    /** @throws InputException if the file cannot be written, or if its name has another extension */
    public static PredictionFile of(String option, Path path, CommandFiles files) throws IOException {
        String name = path.toString().toLowerCase(Locale.ROOT);
        String bare = name.endsWith(GZIP) ? name.substring(0, name.length() - GZIP.length()) : name;
        for (Format format : Format.values()) {
            if (format.extensions.stream().anyMatch(bare::endsWith)) {
                return new PredictionFile(files.writes(option, path), format);
            }
        }
        throw new InputException(option + ": " + path
                + " (expected: a name that ends with .csv, .tsv, .jsonl, .ndjson, or .json, or one of these with .gz)");
    }

    /** Returns the columns of a prediction. */
    List<PredictionColumn> columns(PredictionShape shape) {
        return format == Format.TABLE ? PredictionColumn.summary(shape) : PredictionColumn.of(shape);
    }

    /**
     * Writes the header if the format has one.
     *
     * @param draft of the file; null for standard output
     * @param standardOutput used if there is no draft; not closed
     * @param columns names of the values of each row
     */
    RowWriter open(@Nullable Draft draft, Writer standardOutput, List<String> columns) throws IOException {
        Writer out = draft == null ? new Unclosed(standardOutput) : new OutputStreamWriter(bytes(draft), UTF_8);
        return switch (format) {
            case TABLE -> new TableWriter(out, columns);
            case CSV -> new CsvWriter(out, ',', columns);
            case TSV -> new CsvWriter(out, '\t', columns);
            case JSON_LINES -> new JsonLinesWriter(out);
        };
    }

    private OutputStream bytes(Draft draft) throws IOException {
        return file != null && file.path().toString().toLowerCase(Locale.ROOT).endsWith(GZIP)
                ? new GZIPOutputStream(draft.out(), BUFFER)
                : draft.out();
    }

    /** A writer that is only flushed when it is closed. */
    private static final class Unclosed extends FilterWriter {
        Unclosed(Writer out) {
            super(out);
        }

        @Override
        public void close() throws IOException {
            flush();
        }
    }
}
