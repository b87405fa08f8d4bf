package io.freshet.cli.train;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.freshet.cli.feed.FileFeed;
import io.freshet.cli.input.Delimiter;
import io.freshet.cli.input.RowReader;
import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

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
final class RejectsFile implements AutoCloseable {
    private static final String FIELD = "freshet.reason";

    private final FileFeed feed;
    private final BufferedWriter out;
    /** Of CSV; empty for another format. */
    private final String delimiter;

    private RejectsFile(FileFeed feed, BufferedWriter out, String delimiter) {
        this.feed = feed;
        this.out = out;
        this.delimiter = delimiter;
    }

    /** Creates or truncates a file for the rejected rows of an input. */
    static RejectsFile create(Path file, FileFeed feed) throws IOException {
        BufferedWriter out = Files.newBufferedWriter(file);
        try (RowReader reader = feed.files().open(RowLayout.of(feed.specs()))) {
            Delimiter delimiter = reader.delimiter();
            if (delimiter == null) {
                return new RejectsFile(feed, out, "");
            }
            out.write(FIELD + delimiter.character() + reader.header() + "\n");
            return new RejectsFile(feed, out, Character.toString(delimiter.character()));
        }
    }

    /** Writes a row. */
    void write(long row, String text, String reason) throws IOException {
        out.write(line(text, "row " + row + ": " + reason));
        out.write('\n');
    }

    private String line(String text, String reason) {
        return switch (feed.files().format()) {
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

    /** Writes the rows that the job rejected, which are in the input only. */
    void writeRejectedByJob(Rejections rejections) throws IOException {
        RowLayout layout = RowLayout.of(feed.specs());
        Row target = new Row(layout);
        try (RowReader reader = feed.files().open(layout)) {
            while (advance(reader, target)) {
                String reason = reason(rejections, reader.row());
                if (reason != null) {
                    write(reader.row(), reader.raw(), reason);
                }
            }
        }
    }

    private static boolean advance(RowReader reader, Row target) throws IOException {
        try {
            return reader.next(target);
        } catch (InvalidSampleException e) {
            // An invalid row is in this file already.
            return true;
        }
    }

    /** Returns why the job rejected a row; with several models, names each. Null if it did not reject the row. */
    private @Nullable String reason(Rejections rejections, long row) {
        StringBuilder reasons = new StringBuilder();
        rejections.ofRow(
                row,
                (model, reason) -> reasons.append(reasons.isEmpty() ? "" : "; ")
                        .append(feed.specs().size() == 1 ? "" : model + ": ")
                        .append(reason));
        return reasons.isEmpty() ? null : reasons.toString();
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
