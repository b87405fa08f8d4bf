package io.freshet.cli.console;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A text table with a header; each column is as wide as its longest cell, colors not counted. Cells may be texts of records: a
 * terminal obeys nothing in them.
 */
public final class Table {
    private static final String GAP = "  ";

    private final List<List<String>> rows = new ArrayList<>();

    public Table(String... header) {
        add(header);
    }

    public void add(String... row) {
        rows.add(Stream.of(row).map(OneLine::of).toList());
    }

    /** Adds a row whose cells may have colors, and no texts of records. */
    public void addStyled(String... row) {
        rows.add(List.of(row));
    }

    @Override
    public String toString() {
        int[] widths = new int[rows.get(0).size()];
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], width(row.get(i)));
            }
        }
        List<String> lines = new ArrayList<>();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                line.append(row.get(i))
                        .append(" ".repeat(widths[i] - width(row.get(i))))
                        .append(GAP);
            }
            lines.add(line.toString().stripTrailing());
        }
        return String.join(System.lineSeparator(), lines);
    }

    private static int width(String cell) {
        return Styles.plain(cell).length();
    }
}
