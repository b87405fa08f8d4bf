package io.freshet.learning.evaluation;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Points in ascending order of their scores, each with a count of negatives and of positives. Immutable.
 *
 * <p>If there are more than {@value #MANY}, neighbors are merged as long as they have at most 1/64 of each class
 * together, and at most 1/8 as many negatives as there are samples above them. So points are dense where scores are dense,
 * whatever their scale, a rare class has points of its own, and the precision at high scores is known however rare
 * positives are. That leaves at most {@value #MOST} points of 2^32 samples, and far fewer of most.
 *
 * <p>If a class has more than 2^31 - 1 samples, its counts are halved, which does not change its distribution; later
 * samples of the class then count double. Pinned by {@code ScoreSketchTest}.
 */
public final class ScorePoints {
    private static final int MANY = 320;
    /**
     * Merging leaves at most 2 * (64 + 64 + 170): two neighbors have more than 1/64 of the negatives or of the positives, or 9/8 as
     * many samples are above the lower end of one than above that of the other.
     */
    static final int MOST = 596;

    private static final int LOG_MERGED = 6;
    private static final int LOG_MERGED_OF_ABOVE = 3;

    public static final ScorePoints NONE = new ScorePoints(new int[0], new int[0]);

    private final int[] keys;
    /** Negatives and positives of each point. */
    private final int[] counts;
    /** NaN until computed, like {@link #prAuc}; a snapshot after each sample asks for it again and again. */
    private double auc = Double.NaN;

    private double prAuc = Double.NaN;

    private ScorePoints(int[] keys, int[] counts) {
        this.keys = keys;
        this.counts = counts;
    }

    /**
     * Restores points.
     *
     * @param keys of the points; not used afterward
     * @param counts negatives and positives of each point; not used afterward
     */
    public static ScorePoints of(int[] keys, int[] counts) {
        if (counts.length != 2 * keys.length) {
            throw new IllegalArgumentException("counts: " + counts.length + " (expected: " + 2 * keys.length + ")");
        }
        for (int i = 1; i < keys.length; i++) {
            if (keys[i - 1] >= keys[i]) {
                throw new IllegalArgumentException("scores: " + ScoreSketch.score(keys[i - 1]) + " before "
                        + ScoreSketch.score(keys[i]) + " (expected: ascending)");
            }
        }
        for (int count : counts) {
            if (count < 0) {
                throw new IllegalArgumentException("counts: " + count + " (expected: at least 0)");
            }
        }
        for (int label = 0; label < 2; label++) {
            if (total(counts, label) > Integer.MAX_VALUE) {
                throw new IllegalArgumentException(
                        "counts: " + total(counts, label) + " of a class (expected: at most 2^31 - 1)");
            }
        }
        return new ScorePoints(keys, counts);
    }

    /** @param samples sorted; each twice its key, plus 1 if it is positive */
    static ScorePoints ofSamples(int[] samples) {
        int[] keys = new int[samples.length];
        int[] counts = new int[2 * samples.length];
        for (int i = 0; i < samples.length; i++) {
            keys[i] = samples[i] >> 1;
            counts[2 * i + (samples[i] & 1)] = 1;
        }
        return compact(keys, counts);
    }

    /** Returns the points of both. */
    ScorePoints and(ScorePoints other) {
        if (size() == 0 || other.size() == 0) {
            return size() == 0 ? other : this;
        }
        int[] merged = new int[size() + other.size()];
        int[] mergedCounts = new int[2 * merged.length];
        int i = 0;
        int j = 0;
        for (int k = 0; k < merged.length; k++) {
            boolean mine = j == other.size() || i < size() && keys[i] <= other.keys[j];
            ScorePoints from = mine ? this : other;
            int at = mine ? i++ : j++;
            merged[k] = from.keys[at];
            mergedCounts[2 * k] = from.counts[2 * at];
            mergedCounts[2 * k + 1] = from.counts[2 * at + 1];
        }
        return compact(merged, mergedCounts);
    }

    /** Merges equal keys, and neighbors if too many are left. Changes its arguments. */
    private static ScorePoints compact(int[] keys, int[] counts) {
        for (int label = 0; label < 2; label++) {
            while (total(counts, label) > Integer.MAX_VALUE) {
                halve(counts, label);
            }
        }
        int size = merge(keys, counts, keys.length, -1, -1);
        if (size > MANY) {
            size = merge(
                    keys, counts, size, (int) total(counts, 0) >> LOG_MERGED, (int) total(counts, 1) >> LOG_MERGED);
        }
        return new ScorePoints(Arrays.copyOf(keys, size), Arrays.copyOf(counts, 2 * size));
    }

    /**
     * Merges neighbors that are equal or have at most these negatives and positives together, and not too many negatives for the
     * samples above them; a merged point has the mean of their keys.
     *
     * @return the number of points left
     */
    private static int merge(int[] keys, int[] counts, int size, int negatives, int positives) {
        double distances = 0;
        int last = -1;
        long above = total(counts, 0) + total(counts, 1);
        for (int i = 0; i < size; i++) {
            int negative = counts[2 * i];
            int positive = counts[2 * i + 1];
            above -= (long) negative + positive;
            long mostNegatives = Math.min(negatives, above >> LOG_MERGED_OF_ABOVE);
            counts[2 * i] = 0;
            counts[2 * i + 1] = 0;
            if (last >= 0
                    && (keys[last] == keys[i]
                            || counts[2 * last] + negative <= mostNegatives
                                    && counts[2 * last + 1] + positive <= positives)) {
                distances += ((double) keys[i] - keys[last]) * (negative + positive);
            } else {
                center(keys, counts, last, distances);
                distances = 0;
                last++;
                keys[last] = keys[i];
            }
            counts[2 * last] += negative;
            counts[2 * last + 1] += positive;
        }
        center(keys, counts, last, distances);
        return last + 1;
    }

    private static void center(int[] keys, int[] counts, int last, double distances) {
        if (distances > 0) {
            keys[last] += (int) (distances / (counts[2 * last] + counts[2 * last + 1]));
        }
    }

    private static long total(int[] counts, int label) {
        long total = 0;
        for (int i = label; i < counts.length; i += 2) {
            total += counts[i];
        }
        return total;
    }

    /** Rounds up, so that no point loses a label. */
    private static void halve(int[] counts, int label) {
        for (int i = label; i < counts.length; i += 2) {
            counts[i] -= counts[i] / 2;
        }
    }

    /** Returns the probability that a positive scores above a negative, counting ties half; null without both. */
    @Nullable Double auc() {
        if (Double.isNaN(auc)) {
            auc = computeAuc();
        }
        return auc < 0 ? null : (Double) auc;
    }

    /** Returns -1 without both classes. */
    private double computeAuc() {
        double negatives = 0;
        double positives = 0;
        double wins = 0;
        for (int i = 0; i < size(); i++) {
            wins += positivesAt(i) * (negatives + negativesAt(i) / 2.0);
            negatives += negativesAt(i);
            positives += positivesAt(i);
        }
        return negatives == 0 || positives == 0 ? -1 : wins / (negatives * positives);
    }

    /**
     * Returns the average precision of the positives, from the highest score down; null without both classes.
     *
     * <pre>
     *   sum over the points of p / P * precision        p: positives of the point, P: all positives
     *   precision = t / (t + f)                         t, f: positives and negatives with a score at least as high
     * </pre>
     *
     * A point with more than 1/64 of a class is one score, since merging makes none: its samples are tied and count as one
     * threshold, as in scikit-learn. A smaller point may stand for neighbors. It counts with the precision at its middle:
     * t includes (p + 1) / 2 of its positives, and f half of its negatives.
     */
    @Nullable Double prAuc() {
        if (Double.isNaN(prAuc)) {
            prAuc = computePrAuc();
        }
        return prAuc < 0 ? null : (Double) prAuc;
    }

    /** Returns -1 without both classes. */
    private double computePrAuc() {
        long negatives = total(counts, 0);
        long positives = total(counts, 1);
        if (negatives == 0 || positives == 0) {
            return -1;
        }
        double falsePositives = 0;
        double truePositives = 0;
        double sum = 0;
        for (int i = size() - 1; i >= 0; i--) {
            int negative = negativesAt(i);
            int positive = positivesAt(i);
            boolean tied = negative > negatives >> LOG_MERGED || positive > positives >> LOG_MERGED;
            double found = truePositives + (tied ? positive : (positive + 1) / 2.0);
            double wrong = falsePositives + (tied ? negative : negative / 2.0);
            sum += positive * found / (found + wrong);
            truePositives += positive;
            falsePositives += negative;
        }
        return sum / positives;
    }

    /** Returns the number of points. */
    public int size() {
        return keys.length;
    }

    /** Returns the key of a point. */
    public int keyAt(int point) {
        return keys[point];
    }

    /** Returns the negatives of a point. */
    public int negativesAt(int point) {
        return counts[2 * point];
    }

    /** Returns the positives of a point. */
    public int positivesAt(int point) {
        return counts[2 * point + 1];
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ScorePoints that
                && Arrays.equals(keys, that.keys)
                && Arrays.equals(counts, that.counts);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(keys) + Arrays.hashCode(counts);
    }

    @Override
    public String toString() {
        return size() + " points, " + total(counts, 0) + " negatives, " + total(counts, 1) + " positives";
    }
}
