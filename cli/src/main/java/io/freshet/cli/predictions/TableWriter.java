package io.freshet.cli.predictions;

import io.freshet.cli.console.Table;
import java.io.IOException;
import java.io.Writer;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Writes tables for people: numbers have four digits, and a list is its values between spaces. After {@value #ROWS} rows, a new
 * table begins, so that the first ones are shown at once.
 */
final class TableWriter implements RowWriter {
    private static final int ROWS = 256;
    private static final int MOST_NAMES = 5;
    private static final MathContext DIGITS = new MathContext(4);

    private final Writer out;
    private final List<String> header;
    private final List<List<String>> rows = new ArrayList<>();
    private List<String> row = new ArrayList<>();

    TableWriter(Writer out, List<String> header) {
        this.out = out;
        this.header = header;
    }

    @Override
    public void name(String name) {
        row.add("");
    }

    private void value(Object value) {
        int last = row.size() - 1;
        row.set(last, row.get(last).isEmpty() ? value.toString() : row.get(last) + " " + value);
    }

    @Override
    public void number(long value) {
        value(value);
    }

    @Override
    public void number(float value) {
        value(BigDecimal.valueOf(value).round(DIGITS).floatValue());
    }

    @Override
    public void number(double value) {
        value(BigDecimal.valueOf(value).round(DIGITS).doubleValue());
    }

    @Override
    public void text(String value) {
        value(value);
    }

    @Override
    public void bool(boolean value) {
        value(value);
    }

    /** Writes the first ones, with a sign. */
    @Override
    public void numbers(Map<String, Double> byName) {
        byName.entrySet().stream()
                .limit(MOST_NAMES)
                .map(each -> String.format(Locale.ROOT, "%s %+.3g", each.getKey(), each.getValue()))
                .reduce((first, next) -> first + ", " + next)
                .ifPresent(this::value);
    }

    @Override
    public void none() {
        value("-");
    }

    @Override
    public void startList() {}

    @Override
    public void endList() {}

    @Override
    public void endRejectedRow(String reason) throws IOException {
        while (row.size() < header.size()) {
            name("");
            none();
        }
        endRow();
    }

    @Override
    public void endRow() throws IOException {
        rows.add(row);
        row = new ArrayList<>();
        if (rows.size() == ROWS) {
            flush();
        }
    }

    private void flush() throws IOException {
        if (rows.isEmpty()) {
            return;
        }
        Table table = new Table(header.toArray(String[]::new));
        rows.forEach(each -> table.add(each.toArray(String[]::new)));
        out.append(table.toString()).append(System.lineSeparator());
        rows.clear();
    }

    @Override
    public void close() throws IOException {
        flush();
        out.close();
    }
}
