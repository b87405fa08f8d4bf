package io.freshet.learning.evaluation;

import io.freshet.learning.loss.Task;

/**
 * What each of a tally's sums adds up, by its index.
 *
 * <p>Binary tasks and classes use only the sums up to {@link #PREDICTION}, so their tallies have no others. Checkpoints and the
 * metrics topic store the sums of every task in the order of {@link #STORED}.
 */
final class TallySums {
    static final int COUNT = 0;
    static final int WEIGHT = 1;
    static final int LOSS = 2;
    static final int CORRECT = 3;
    static final int LABEL = 4;
    static final int PREDICTION = 5;
    static final int ABSOLUTE_ERROR = 6;
    static final int SQUARED_ERROR = 7;
    /** Weighted squared deviation of the labels from their mean. */
    static final int LABEL_DEVIATION = 8;

    static final int OVERLAP = 9;

    /** Unused since version 2, which stores the deviation instead. */
    private static final int SQUARED_LABEL = 10;

    private static final int[] STORED = {
        COUNT,
        WEIGHT,
        LOSS,
        CORRECT,
        ABSOLUTE_ERROR,
        SQUARED_ERROR,
        LABEL,
        SQUARED_LABEL,
        PREDICTION,
        LABEL_DEVIATION,
        OVERLAP
    };
    /** The number of stored sums. */
    static final int LENGTH = STORED.length;
    /** Version 1 ended with {@link #SQUARED_LABEL}. */
    private static final int LENGTH_1 = 8;

    private TallySums() {}

    /** Returns sums that are all 0. */
    static double[] zero(Task task) {
        return new double[task.isBinary() || task.hasClasses() ? PREDICTION + 1 : OVERLAP + 1];
    }

    /** Returns sums in the order of {@link #STORED}. */
    static double[] stored(double[] sums) {
        double[] stored = new double[LENGTH];
        for (int i = 0; i < stored.length; i++) {
            stored[i] = STORED[i] < sums.length ? sums[STORED[i]] : 0;
        }
        return stored;
    }

    /** Returns the sums from {@link #stored}, or from the first {@value #LENGTH_1} of version 1. */
    static double[] restored(Task task, double[] stored) {
        if (stored.length != LENGTH && stored.length != LENGTH_1) {
            throw new IllegalArgumentException("sums: " + stored.length + " (expected: " + LENGTH + ")");
        }
        double[] sums = zero(task);
        for (int i = 0; i < stored.length; i++) {
            if (STORED[i] < sums.length) {
                sums[STORED[i]] = stored[i];
            }
        }
        if (stored.length == LENGTH_1) {
            upgrade(sums, stored[LENGTH_1 - 1]);
        }
        return sums;
    }

    private static void upgrade(double[] sums, double squaredLabel) {
        if (LABEL_DEVIATION < sums.length && sums[WEIGHT] > 0) {
            sums[LABEL_DEVIATION] = Math.max(0, squaredLabel - sums[LABEL] * sums[LABEL] / sums[WEIGHT]);
        }
        // Version 1 did not sum predictions. A sum that starts now would not cover all samples.
        sums[PREDICTION] = sums[COUNT] > 0 ? Double.NaN : 0;
    }
}
