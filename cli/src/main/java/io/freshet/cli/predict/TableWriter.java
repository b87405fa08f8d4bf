package io.freshet.cli.predict;

import io.freshet.cli.console.Table;
import java.io.IOException;
import java.io.Writer;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

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

    /** Writes the first of numbers with names, with a sign. */
    @Override
    public void value(String name, @Nullable Object value) {
        if (value instanceof List<?> list) {
            row.add(list.stream().map(TableWriter::text).collect(Collectors.joining(" ")));
        } else if (value instanceof Map<?, ?> byName) {
            row.add(byName.entrySet().stream()
                    .limit(MOST_NAMES)
                    .map(each -> String.format(
                            Locale.ROOT, "%s %+.3g", each.getKey(), ((Number) each.getValue()).doubleValue()))
                    .collect(Collectors.joining(", ")));
        } else {
            row.add(text(value));
        }
    }

    private static String text(@Nullable Object value) {
        if (value instanceof Float number) {
            return Float.toString(BigDecimal.valueOf(number).round(DIGITS).floatValue());
        }
        if (value instanceof Double number) {
            return Double.toString(BigDecimal.valueOf(number).round(DIGITS).doubleValue());
        }
        return value == null ? "-" : value.toString();
    }

    @Override
    public void endRejectedRow(String reason) throws IOException {
        while (row.size() < header.size()) {
            value("", null);
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
