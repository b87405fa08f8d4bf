package io.freshet.cli.input;

import io.freshet.learning.spec.Nearest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The names of a CSV file's columns, and where each of them stands. */
final class CsvHeader {
    private static final int SHOWN_COLUMNS = 30;

    private final Path file;
    private final List<String> names = new ArrayList<>();
    private final Map<String, Integer> columns = new HashMap<>();

    /** @throws InputException if a name stands there twice */
    CsvHeader(Path file, CsvRecordBuffer header) throws InputException {
        this.file = file;
        if (header.tooLong()) {
            throw new InputException(file, "header: too long (expected: up to " + RowReader.MAXIMUM_LENGTH + ")");
        }
        for (int i = 0; i < header.count(); i++) {
            String name = header.text(i);
            names.add(name);
            if (columns.putIfAbsent(name, i) != null && !name.isEmpty()) {
                throw new InputException(file, "header: " + name + " twice (expected: each column once)");
            }
        }
    }

    int size() {
        return names.size();
    }

    /** Returns the column of each of {@code fields}. */
    int[] columns(List<String> fields) throws InputException {
        int[] result = new int[fields.size()];
        for (int i = 0; i < result.length; i++) {
            Integer column = columns.get(fields.get(i));
            if (column == null) {
                throw missing(fields.get(i));
            }
            result[i] = column;
        }
        return result;
    }

    private InputException missing(String field) {
        String nearest = Nearest.of(field, names).map(name -> name + "?").orElse("a column of that name");
        String shown = String.join(", ", names.subList(0, Math.min(SHOWN_COLUMNS, names.size())));
        String more = names.size() > SHOWN_COLUMNS ? ", ... (" + names.size() + " in all)" : "";
        return new InputException(
                file, "no column " + field + " (expected: " + nearest + "; there are: " + shown + more + ")");
    }
}
