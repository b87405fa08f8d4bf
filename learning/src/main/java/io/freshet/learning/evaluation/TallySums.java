package io.freshet.learning.evaluation;

import java.util.Arrays;

/**
 * What each of a tally's sums adds up, by its index. Checkpoints and the metrics topic store the sums in this order.
 */
final class TallySums {
    static final int COUNT = 0;
    static final int WEIGHT = 1;
    static final int LOSS = 2;
    static final int CORRECT = 3;
    static final int ABSOLUTE_ERROR = 4;
    static final int SQUARED_ERROR = 5;
    static final int LABEL = 6;
    static final int SQUARED_LABEL = 7;
    static final int PREDICTION = 8;
    /** Weighted squared deviation of the labels from their mean. */
    static final int LABEL_DEVIATION = 9;

    static final int OVERLAP = 10;
    /** The number of sums. */
    static final int LENGTH = 11;
    /** Version 1 ended with {@link #SQUARED_LABEL}. */
    private static final int LENGTH_1 = 8;

    private TallySums() {}

    /**
     * Returns sums of the current length.
     *
     * @param sums of length {@value #LENGTH}, which are returned themselves, or of version 1
     */
    static double[] current(double[] sums) {
        return switch (sums.length) {
            case LENGTH -> sums;
            case LENGTH_1 -> upgraded(sums);
            default -> throw new IllegalArgumentException("sums: " + sums.length + " (expected: " + LENGTH + ")");
        };
    }

    private static double[] upgraded(double[] old) {
        double[] sums = Arrays.copyOf(old, LENGTH);
        sums[LABEL_DEVIATION] =
                old[WEIGHT] > 0 ? Math.max(0, old[SQUARED_LABEL] - old[LABEL] * old[LABEL] / old[WEIGHT]) : 0;
        // Version 1 did not sum predictions. A sum that starts now would not cover all samples.
        sums[PREDICTION] = old[COUNT] > 0 ? Double.NaN : 0;
        return sums;
    }
}
