package io.freshet.cli.feed;

import java.util.Comparator;
import java.util.Locale;

/**
 * The rows rejected for one reason. The JSON has these names in this order.
 *
 * @param reason of the first row, with its value and what was expected
 * @param rows number of rows
 * @param firstRow number of the first row; 1 is the first row of the file
 */
public record RejectReason(String reason, long rows, long firstRow) {
    /** The most frequent first. */
    public static final Comparator<RejectReason> MOST_FREQUENT_FIRST =
            Comparator.comparingLong(RejectReason::rows).reversed();

    RejectReason plusOne() {
        return new RejectReason(reason, rows + 1, firstRow);
    }

    /** Returns {@code 12 rows, first row 3: price: two (expected: a number)}. */
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT, "%,d %s, first row %,d: %s", rows, rows == 1 ? "row" : "rows", firstRow, reason);
    }
}
