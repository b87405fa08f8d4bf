package io.freshet.learning.evaluation;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Counts samples by label and logit, for AUC: negatives and positives in {@value #BINS} bins each over
 * [-{@value #LOGIT_RANGE}, {@value #LOGIT_RANGE}].
 *
 * <p>Samples in one bin count as tied, like equal scores. When a bin is full, all bins are halved, which hardly changes
 * AUC, a ratio. Only bins from the smallest to the largest logit are stored, since most small models need few. Pinned
 * by {@code LogitHistogramTest}.
 */
final class LogitHistogram {
    static final int BINS = 256;
    static final int LOGIT_RANGE = 12;
    static final int LENGTH = 2 * BINS;

    /** Bins are added in multiples of this divisor of {@link #BINS}. */
    private static final int GRAIN = 8;

    private static final int[] NONE = {};

    /** Negatives and positives of each bin, from bin {@link #first} on. */
    private int[] counts;

    private int first;

    LogitHistogram() {
        this(NONE, 0);
    }

    private LogitHistogram(int[] counts, int first) {
        this.counts = counts;
        this.first = first;
    }

    /** Restores what {@link #toArray} returned. */
    static LogitHistogram of(int[] array) {
        LogitHistogram histogram = new LogitHistogram();
        for (int i = 0; i < LENGTH; i++) {
            if (array[i] != 0) {
                int bin = i % BINS;
                histogram.extend(bin, bin + 1);
                histogram.counts[histogram.at(bin, i >= BINS)] = array[i];
            }
        }
        return histogram;
    }

    /** Returns the counts of negatives by bin, then those of positives. */
    int[] toArray() {
        int[] array = new int[LENGTH];
        for (int i = 0; i < counts.length; i++) {
            array[(i & 1) * BINS + first + i / 2] = counts[i];
        }
        return array;
    }

    /** Returns the first bin stored. */
    int first() {
        return first;
    }

    /** Returns the bin after the last one stored. */
    int end() {
        return first + counts.length / 2;
    }

    /** Returns the count of a stored bin. */
    int count(int bin, boolean positive) {
        return counts[at(bin, positive)];
    }

    void add(boolean positive, float logit) {
        int bin = bin(logit);
        int at = at(bin, positive);
        if (at < 0 || at >= counts.length) {
            extend(bin, bin + 1);
            at = at(bin, positive);
        }
        if (counts[at] == Integer.MAX_VALUE) {
            halve();
        }
        counts[at]++;
    }

    private int at(int bin, boolean positive) {
        return 2 * (bin - first) + (positive ? 1 : 0);
    }

    /** Extends the stored bins to include a range. */
    private void extend(int from, int to) {
        int end = first + counts.length / 2;
        int newFirst = from / GRAIN * GRAIN;
        int newEnd = (to + GRAIN - 1) / GRAIN * GRAIN;
        if (counts.length > 0) {
            newFirst = Math.min(newFirst, first);
            newEnd = Math.max(newEnd, end);
        }
        int[] extended = new int[2 * (newEnd - newFirst)];
        System.arraycopy(counts, 0, extended, counts.length == 0 ? 0 : 2 * (first - newFirst), counts.length);
        counts = extended;
        first = newFirst;
    }

    void addAll(LogitHistogram other) {
        if (other.counts.length == 0) {
            return;
        }
        int end = other.first + other.counts.length / 2;
        if (at(other.first, false) < 0 || at(end, false) > counts.length) {
            extend(other.first, end);
        }
        int from = at(other.first, false);
        boolean full = false;
        for (int i = 0; i < other.counts.length; i++) {
            full |= (long) counts[from + i] + other.counts[i] > Integer.MAX_VALUE;
        }
        if (full) {
            halve();
        }
        for (int i = 0; i < other.counts.length; i++) {
            counts[from + i] += full ? other.counts[i] / 2 : other.counts[i];
        }
    }

    /** Returns the probability that a positive scores above a negative, counting ties half; null without both. */
    @Nullable Double auc() {
        double below = 0;
        double positives = 0;
        double wins = 0;
        for (int i = 0; i < counts.length; i += 2) {
            double negative = counts[i];
            double positive = counts[i + 1];
            wins += positive * (below + negative / 2);
            below += negative;
            positives += positive;
        }
        return below == 0 || positives == 0 ? null : wins / (below * positives);
    }

    void clear() {
        Arrays.fill(counts, 0);
    }

    LogitHistogram copy() {
        return new LogitHistogram(counts.length == 0 ? NONE : counts.clone(), first);
    }

    private void halve() {
        for (int i = 0; i < counts.length; i++) {
            counts[i] /= 2;
        }
    }

    private static int bin(float logit) {
        int bin = (int) ((logit + LOGIT_RANGE) * (BINS / (2f * LOGIT_RANGE)));
        return Math.max(0, Math.min(BINS - 1, bin));
    }
}
