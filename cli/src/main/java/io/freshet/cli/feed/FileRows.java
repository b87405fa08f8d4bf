package io.freshet.cli.feed;

import io.freshet.learning.math.Permutation;
import java.util.Arrays;

/** Maps the samples of a file back to its rows, also while they are read. */
public final class FileRows {
    private final EpochPlan plan;
    /** Numbers of the rows without a sample, in ascending order: the invalid ones, and those that no model selects. */
    private long[] without = new long[16];

    private int withoutCount;
    private long invalid;
    private long passed;
    private int orderOf = -1;
    private int[] order = {};

    FileRows(EpochPlan plan) {
        this.plan = plan;
    }

    synchronized void addPassed() {
        passed++;
    }

    synchronized void addInvalid(long row) {
        invalid++;
        addUnselected(row);
    }

    /** Adds a row that is of no model. */
    synchronized void addUnselected(long row) {
        if (withoutCount == without.length) {
            without = Arrays.copyOf(without, withoutCount * 2);
        }
        without[withoutCount++] = row;
    }

    /** Returns the number of rows that are samples of some model. */
    public synchronized long passed() {
        return passed;
    }

    /** Returns the number of rows that are not invalid. */
    public synchronized long valid() {
        return total() - invalid;
    }

    /** Returns the number of rows of the file. */
    public synchronized long total() {
        return passed + withoutCount;
    }

    /**
     * Returns the row number of a sample; 1 for the first row of the file.
     *
     * @param place of the sample among all that were passed, of all epochs
     */
    public synchronized long row(long place) {
        long position = place % passed;
        return rowOf(plan.shuffle() ? order(Math.toIntExact(place / passed))[(int) position] : position);
    }

    private int[] order(int epoch) {
        if (epoch != orderOf) {
            order = Permutation.of(plan.seed(), epoch, Math.toIntExact(passed));
            orderOf = epoch;
        }
        return order;
    }

    /** Returns the row number of a row with a sample: its index, plus the rows without one before it. */
    private long rowOf(long index) {
        int from = 0;
        int to = withoutCount;
        while (from < to) {
            int middle = (from + to) >>> 1;
            if (without[middle] - 1 - middle <= index) {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        return index + 1 + from;
    }
}
