package io.freshet.cli.feed;

import io.freshet.learning.math.Permutation;
import java.util.Arrays;

/** Maps the samples of a file on the samples topic back to its rows. Not thread-safe. */
public final class SentRows {
    private final EpochPlan plan;
    /** Row numbers of the invalid rows, in ascending order. */
    private long[] invalid = new long[16];

    private int invalidCount;
    private long valid;
    private int orderOf = -1;
    private int[] order = {};

    SentRows(EpochPlan plan) {
        this.plan = plan;
    }

    void addValid() {
        valid++;
    }

    void addInvalid(long row) {
        if (invalidCount == invalid.length) {
            invalid = Arrays.copyOf(invalid, invalidCount * 2);
        }
        invalid[invalidCount++] = row;
    }

    /** Returns the number of rows sent in each epoch. */
    public long valid() {
        return valid;
    }

    /** Returns the number of rows that were not sent. */
    public long invalid() {
        return invalidCount;
    }

    /** Returns the number of rows of the file. */
    public long total() {
        return valid + invalidCount;
    }

    /**
     * Returns the row number of a sample; 1 for the first row of the file.
     *
     * @param offset of the sample among all that were sent, of all epochs
     */
    public long row(long offset) {
        long position = offset % valid;
        return rowOf(plan.shuffle() ? order(Math.toIntExact(offset / valid))[(int) position] : position);
    }

    private int[] order(int epoch) {
        if (epoch != orderOf) {
            order = Permutation.of(plan.seed(), epoch, Math.toIntExact(valid));
            orderOf = epoch;
        }
        return order;
    }

    /** Returns the row number of a valid row: its index, plus the invalid rows before it. */
    private long rowOf(long index) {
        int from = 0;
        int to = invalidCount;
        while (from < to) {
            int middle = (from + to) >>> 1;
            if (invalid[middle] - 1 - middle <= index) {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        return index + 1 + from;
    }
}
