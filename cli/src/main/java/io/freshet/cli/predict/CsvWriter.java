package io.freshet.cli.predict;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.Writer;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes CSV with a header line. A list is its values between spaces; a rejected row has empty fields instead of a prediction. */
final class CsvWriter implements RowWriter {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int BUFFER = 1 << 16;

    private final Writer out;
    private final char delimiter;
    private final int columns;
    private final StringBuilder text = new StringBuilder(2 * BUFFER);
    /** Number of values of the current row. */
    private int count;

    CsvWriter(Writer out, char delimiter, List<String> header) throws IOException {
        this.out = out;
        this.delimiter = delimiter;
        columns = header.size();
        for (String column : header) {
            value(column, column);
        }
        endRow();
    }

    /** Writes numbers with names as a JSON object. */
    @Override
    public void value(String name, @Nullable Object value) throws IOException {
        if (count++ > 0) {
            text.append(delimiter);
        }
        if (value instanceof List<?> list) {
            for (int i = 0; i < list.size(); i++) {
                text.append(i > 0 ? " " : "");
                append(String.valueOf(list.get(i)));
            }
        } else if (value != null) {
            append(value instanceof Map ? JSON.writeValueAsString(value) : value.toString());
        }
    }

    private void append(String value) {
        if (needsQuotes(value)) {
            text.append('"').append(value.replace("\"", "\"\"")).append('"');
        } else {
            text.append(value);
        }
    }

    private boolean needsQuotes(String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == delimiter || c == '"' || c == '\n' || c == '\r') {
                return true;
            }
        }
        return false;
    }

    @Override
    public void endRejectedRow(String reason) throws IOException {
        while (count < columns) {
            value("", null);
        }
        endRow();
    }

    @Override
    public void endRow() throws IOException {
        text.append('\n');
        count = 0;
        if (text.length() >= BUFFER) {
            flush();
        }
    }

    private void flush() throws IOException {
        out.append(text);
        text.setLength(0);
    }

    @Override
    public void close() throws IOException {
        flush();
        out.close();
    }
}
