package io.freshet.learning.evaluation;

import org.jspecify.annotations.Nullable;

/**
 * Counts samples by label and logit, for AUC: negatives, then positives, in {@value #BINS} bins each over
 * [-{@value #LOGIT_RANGE}, {@value #LOGIT_RANGE}].
 *
 * <p>Two samples in one bin count as tied, as equal scores do. A bin that is full halves all of them, which AUC, a ratio,
 * does not notice.
 */
final class LogitHistogram {
    static final int BINS = 256;
    static final int LOGIT_RANGE = 12;
    static final int LENGTH = 2 * BINS;

    private LogitHistogram() {}

    static void add(int[] histogram, boolean positive, float logit) {
        int bin = (positive ? BINS : 0) + bin(logit);
        if (histogram[bin] == Integer.MAX_VALUE) {
            halve(histogram);
        }
        histogram[bin]++;
    }

    static void addAll(int[] histogram, int[] other) {
        boolean full = false;
        for (int i = 0; i < histogram.length; i++) {
            full |= (long) histogram[i] + other[i] > Integer.MAX_VALUE;
        }
        if (full) {
            halve(histogram);
        }
        for (int i = 0; i < histogram.length; i++) {
            histogram[i] += full ? other[i] / 2 : other[i];
        }
    }

    /** Returns the chance that a positive scores above a negative, ties half; null while there is none of one kind. */
    static @Nullable Double auc(int[] histogram) {
        double below = 0;
        double positives = 0;
        double wins = 0;
        for (int i = 0; i < BINS; i++) {
            double negative = histogram[i];
            double positive = histogram[BINS + i];
            wins += positive * (below + negative / 2);
            below += negative;
            positives += positive;
        }
        return below == 0 || positives == 0 ? null : wins / (below * positives);
    }

    private static void halve(int[] histogram) {
        for (int i = 0; i < histogram.length; i++) {
            histogram[i] /= 2;
        }
    }

    private static int bin(float logit) {
        int bin = (int) ((logit + LOGIT_RANGE) * (BINS / (2f * LOGIT_RANGE)));
        return Math.max(0, Math.min(BINS - 1, bin));
    }
}
