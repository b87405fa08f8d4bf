package io.freshet.cli.feed;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.freshet.cli.input.Delimiter;
import io.freshet.cli.input.Format;
import io.freshet.cli.input.OutputFile;
import io.freshet.cli.input.RowReader;
import io.freshet.schemas.snapshot.Draft;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;

/**
 * The rejected rows of a file, as they were in it, each with its row number and reason. The file has the format of the
 * input, or JSON for Parquet, so a corrected one is an input again.
 *
 * <pre>
 *   CSV      a first column freshet.reason
 *   JSON     a first field freshet.reason
 *   LIBSVM   a comment at the end of the line
 * </pre>
 */
public final class RejectsFile implements AutoCloseable {
    private static final String FIELD = "freshet.reason";

    private final Draft draft;
    private final BufferedWriter out;
    private final Format format;
    /** Of CSV; empty for another format. */
    private final String delimiter;

    private RejectsFile(Draft draft, Format format, String delimiter) {
        this.draft = draft;
        this.out = new BufferedWriter(new OutputStreamWriter(draft.out(), UTF_8));
        this.format = format;
        this.delimiter = delimiter;
    }

    /** Starts a file for the rejected rows of an input, which is open. */
    public static RejectsFile create(OutputFile file, Format format, RowReader input) throws IOException {
        Delimiter delimiter = input.delimiter();
        if (delimiter == null) {
            return new RejectsFile(file.open(), format, "");
        }
        RejectsFile rejects = new RejectsFile(file.open(), format, Character.toString(delimiter.character()));
        rejects.out.write(FIELD + delimiter.character() + input.header() + "\n");
        return rejects;
    }

    /** Writes a row. */
    public void write(long row, String text, String reason) throws IOException {
        out.write(line(text, "row " + row + ": " + reason));
        out.write('\n');
    }

    private String line(String text, String reason) {
        return switch (format) {
            case CSV -> "\"" + reason.replace("\"", "\"\"") + "\"" + delimiter + text;
            case LIBSVM -> text + " # " + reason.replaceAll("\\R", " ");
            case JSON_LINES, PARQUET -> json(text.strip(), reason);
        };
    }

    /** A line that is no object becomes a text of one. */
    private static String json(String text, String reason) {
        String start = "{\"" + FIELD + "\":" + quoted(reason) + ",";
        return text.startsWith("{") && !text.matches("\\{\\s*}")
                ? start + text.substring(1)
                : start + "\"freshet.row\":" + quoted(text) + "}";
    }

    private static String quoted(String text) {
        return "\"" + new String(JsonStringEncoder.getInstance().quoteAsUTF8(text), UTF_8) + "\"";
    }

    /** Replaces the file by the rows written. */
    public void complete() throws IOException {
        out.flush();
        draft.complete();
    }

    /** Discards the rows unless they are complete. */
    @Override
    public void close() throws IOException {
        draft.close();
    }
}
