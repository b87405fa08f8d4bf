package io.freshet.cli.input;

import io.freshet.learning.features.NumberedName;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.yaml.NameSuggestion;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** The column names of a CSV file and their positions. Blanks around a name do not belong to it, unless it is quoted. */
final class CsvHeader {
    private static final int SHOWN_COLUMNS = 30;

    private final Path file;
    private final List<String> names = new ArrayList<>();
    private final Map<String, Integer> columns = new HashMap<>();
    private final String hint;

    /** @throws InputException if a name occurs twice */
    CsvHeader(Path file, CsvRecordBuffer header) throws InputException {
        this.file = file;
        if (header.tooLong()) {
            throw new InputException(file, "header: too long (expected: up to " + RowReader.MAXIMUM_LENGTH + ")");
        }
        for (int i = 0; i < header.count(); i++) {
            String name = header.name(i);
            names.add(name);
            if (columns.putIfAbsent(name, i) != null && !name.isEmpty()) {
                throw new InputException(
                        file, "header: " + name + " twice (expected: each column once" + hint(header) + ")");
            }
        }
        hint = hint(header);
    }

    /** Returns that the header is missing, if at least half of its fields are numbers, or "". */
    private static String hint(CsvRecordBuffer header) {
        int numbers = 0;
        for (int i = 0; i < header.count(); i++) {
            numbers += Double.isNaN(DecimalText.parse(header.chars(), header.from(i), header.to(i))) ? 0 : 1;
        }
        return 2 * numbers < header.count() ? "" : "; the first line looks like a row, not a header";
    }

    int size() {
        return names.size();
    }

    /** Returns the column of each of {@code fields}; -1 for one of {@code optional} that the file lacks. */
    int[] columns(List<String> fields, Set<String> optional) throws InputException {
        int[] result = new int[fields.size()];
        for (int i = 0; i < result.length; i++) {
            Integer column = columns.getOrDefault(
                    fields.get(i), columns.get(fields.get(i).strip()));
            if (column == null && !optional.contains(fields.get(i))) {
                throw missing("column " + fields.get(i), fields.get(i));
            }
            result[i] = column == null ? -1 : column;
        }
        return result;
    }

    boolean has(String field) {
        return columns.containsKey(field);
    }

    String name(int column) {
        return names.get(column);
    }

    /**
     * Returns the columns of a vector named by a prefix, in the order of their numbers. Empty if there are no such
     * columns, or if the name is not a prefix.
     */
    int[] numbered(String vector) throws InputException {
        TreeMap<Integer, Integer> byNumber = new TreeMap<>();
        for (int column = 0; RowLayout.isPrefix(vector) && column < names.size(); column++) {
            int number = NumberedName.numberOf(names.get(column), RowLayout.wireName(vector));
            Integer other = number < 0 ? null : byNumber.put(number, column);
            if (other != null) {
                throw new InputException(
                        file,
                        "header: " + names.get(other) + " and " + names.get(column) + " (expected: each number of "
                                + vector + " once)");
            }
        }
        return byNumber.values().stream().mapToInt(column -> column).toArray();
    }

    /** Returns the column that contains a whole vector as text; -1 if the file lacks it, and may. */
    int wholeVector(String vector, boolean optional) throws InputException {
        String name = RowLayout.wireName(vector);
        Integer column = columns.get(name);
        if (column == null && optional) {
            return -1;
        }
        if (column == null) {
            throw RowLayout.isPrefix(vector)
                    ? missing("columns " + name + "0, " + name + "1, ... or " + name, name + "0")
                    : missing("column " + name, name);
        }
        return column;
    }

    private InputException missing(String what, String field) {
        String nearest = (hint.isEmpty() ? NameSuggestion.of(field, names) : Optional.<String>empty())
                .map(name -> name + "?")
                .orElse("a column with that name");
        String shown = String.join(", ", names.subList(0, Math.min(SHOWN_COLUMNS, names.size())));
        String more = names.size() > SHOWN_COLUMNS ? ", ... (" + names.size() + " in all)" : "";
        return new InputException(
                file, "no " + what + " (expected: " + nearest + "; columns: " + shown + more + hint + ")");
    }
}
