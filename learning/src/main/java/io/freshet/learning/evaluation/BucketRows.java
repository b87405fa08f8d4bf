package io.freshet.learning.evaluation;

import java.util.Arrays;

/**
 * A window of values as an exponential histogram. Row r has at most {@value #BUCKETS} buckets; each summarizes 2^r
 * consecutive values by their sum and their squared deviations from their mean.
 *
 * <pre>
 *   merge of two buckets of n values : total = total_a + total_b
 *                                      squares = squares_a + squares_b + n / 2 * (mean_a - mean_b)^2
 * </pre>
 *
 * Bucket i of row r is at index {@code r * (BUCKETS + 1) + i}. Bucket 0 is the oldest of its row, and higher rows are
 * older. Memory for {@code rows} full rows is allocated up front. A window that outgrows them drops its oldest bucket.
 */
final class BucketRows {
    static final int BUCKETS = 5;
    private static final int STRIDE = BUCKETS + 1;

    private final double[] totals;
    private final double[] squares;
    private final int[] counts;

    /** Count of rows in use; the last of them is not empty. */
    private int used;

    private double width;

    BucketRows(int rows) {
        totals = new double[rows * STRIDE];
        squares = new double[rows * STRIDE];
        counts = new int[rows];
    }

    /** Returns the number of values in the window. */
    double width() {
        return width;
    }

    int used() {
        return used;
    }

    int count(int row) {
        return counts[row];
    }

    double total(int row, int bucket) {
        return totals[row * STRIDE + bucket];
    }

    double squares(int row, int bucket) {
        return squares[row * STRIDE + bucket];
    }

    /** Returns the count of values in a bucket of a row. */
    static double size(int row) {
        return 1L << row;
    }

    /** Adds a value, and merges the two oldest buckets of each row that overflows. */
    void add(double value) {
        append(0, value, 0);
        width++;
        for (int row = 0; counts[row] > BUCKETS; row++) {
            if (row == counts.length - 1) {
                dropOldest();
                return;
            }
            int at = row * STRIDE;
            double apart = (totals[at] - totals[at + 1]) / size(row);
            append(
                    row + 1,
                    totals[at] + totals[at + 1],
                    squares[at] + squares[at + 1] + 0.5 * size(row) * apart * apart);
            remove(row, 2);
        }
    }

    void dropOldest() {
        int row = used - 1;
        width -= size(row);
        remove(row, 1);
        while (used > 0 && counts[used - 1] == 0) {
            used--;
        }
    }

    void append(int row, double total, double deviations) {
        int at = row * STRIDE + counts[row]++;
        totals[at] = total;
        squares[at] = deviations;
        used = Math.max(used, row + 1);
    }

    /** Replaces all rows by those that {@link #write} wrote to {@code state} from {@code from}. */
    void read(double[] state, int from) {
        Arrays.fill(counts, 0);
        used = 0;
        width = 0;
        int at = from;
        for (int row = 0; at < state.length; row++) {
            for (int left = (int) state[at++]; left > 0; left--) {
                append(row, state[at++], state[at++]);
                width += size(row);
            }
        }
    }

    /** Returns the count of numbers that {@link #write} writes. */
    int written() {
        int length = used;
        for (int row = 0; row < used; row++) {
            length += 2 * counts[row];
        }
        return length;
    }

    /** Writes each row in use: its count of buckets, and sum and squared deviations of each. */
    void write(double[] state, int from) {
        int at = from;
        for (int row = 0; row < used; row++) {
            state[at++] = counts[row];
            for (int i = 0; i < counts[row]; i++) {
                state[at++] = total(row, i);
                state[at++] = squares(row, i);
            }
        }
    }

    private void remove(int row, int buckets) {
        int at = row * STRIDE;
        counts[row] -= buckets;
        System.arraycopy(totals, at + buckets, totals, at, counts[row]);
        System.arraycopy(squares, at + buckets, squares, at, counts[row]);
    }
}
