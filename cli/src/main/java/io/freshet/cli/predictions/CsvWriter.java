package io.freshet.cli.predictions;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.Writer;
import java.util.List;
import java.util.Map;

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

    private boolean inList;
    private boolean inFirstOfList;

    CsvWriter(Writer out, char delimiter, List<String> header) throws IOException {
        this.out = out;
        this.delimiter = delimiter;
        columns = header.size();
        for (String column : header) {
            name(column);
            text(column);
        }
        endRow();
    }

    @Override
    public void name(String name) {
        if (count++ > 0) {
            text.append(delimiter);
        }
    }

    /** Separates the values of a list. */
    private StringBuilder value() {
        if (inList && !inFirstOfList) {
            text.append(' ');
        }
        inFirstOfList = false;
        return text;
    }

    @Override
    public void number(long value) {
        value().append(value);
    }

    @Override
    public void number(float value) {
        value().append(value);
    }

    @Override
    public void number(double value) {
        value().append(value);
    }

    /** Writes a JSON object. */
    @Override
    public void numbers(Map<String, Double> byName) throws IOException {
        text(JSON.writeValueAsString(byName));
    }

    @Override
    public void none() {
        // An empty field.
    }

    @Override
    public void bool(boolean value) {
        value().append(value);
    }

    @Override
    public void text(String value) {
        if (needsQuotes(value)) {
            value().append('"').append(value.replace("\"", "\"\"")).append('"');
        } else {
            value().append(value);
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
    public void startList() {
        inList = true;
        inFirstOfList = true;
    }

    @Override
    public void endList() {
        inList = false;
    }

    @Override
    public void endRejectedRow(String reason) throws IOException {
        while (count < columns) {
            name("");
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
