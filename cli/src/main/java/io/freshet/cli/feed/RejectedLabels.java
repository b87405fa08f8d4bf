package io.freshet.cli.feed;

import io.freshet.learning.encode.MissingWords;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The values of labels for which rows were rejected. Whether a label is valid depends on its value only, so a value that was
 * rejected once is always rejected: if many rows have it, it is a class that the model never learns. A missing label is no value. Not thread-safe.
 */
public final class RejectedLabels {
    /** Fewer rows with the same value may be typos. */
    private static final long MINIMUM_ROWS = 10;
    /** A class has one of a few values; a text or a measurement in the place of a label may have any. */
    private static final int MAXIMUM_VALUES = 1000;

    private static final String EXPECTED = " (expected: ";

    private final Set<String> fields;
    private final Map<String, Long> rows = new LinkedHashMap<>();

    /** @param fields labels of the models */
    public RejectedLabels(Collection<String> fields) {
        this.fields = Set.copyOf(fields);
    }

    /** Adds a rejected row, if its label is the reason: its value, then what was expected. */
    public void add(String reason) {
        if (rows.containsKey(reason)) {
            rows.merge(reason, 1L, Long::sum);
        } else if (rows.size() < MAXIMUM_VALUES && fields.stream().anyMatch(field -> hasValue(reason, field))) {
            rows.put(reason, 1L);
        }
    }

    /** Returns whether the reason is a value of the field, rather than that it is missing, perhaps as a word such as {@code NA}. */
    private static boolean hasValue(String reason, String field) {
        int from = field.length() + 2;
        int to = reason.lastIndexOf(EXPECTED);
        if (to < from || !reason.startsWith(field + ": ")) {
            return reason.startsWith(field + ": ");
        }
        String value = reason.substring(from, to);
        boolean quoted = value.length() > 1 && value.startsWith("\"") && value.endsWith("\"");
        return !value.equals("missing")
                && !MissingWords.isUsual(quoted ? value.substring(1, value.length() - 1) : value);
    }

    /**
     * Returns a line for each value of a label that many rows have, such as {@code y: 2.0 in 51 rows, all rejected (expected: 0 or
     * 1)}.
     */
    public List<String> always(String field) {
        return rows.entrySet().stream()
                .filter(each -> each.getValue() >= MINIMUM_ROWS && hasValue(each.getKey(), field))
                .map(each -> line(each.getKey(), each.getValue()))
                .toList();
    }

    private static String line(String reason, long rows) {
        int at = reason.lastIndexOf(EXPECTED);
        int end = at < 0 ? reason.length() : at;
        return reason.substring(0, end)
                + String.format(Locale.ROOT, " in %,d rows, all rejected", rows)
                + reason.substring(end);
    }
}
