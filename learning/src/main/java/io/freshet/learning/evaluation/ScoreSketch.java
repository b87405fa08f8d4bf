package io.freshet.learning.evaluation;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A mergeable sketch of scores by label, for AUC and PR-AUC: {@link ScorePoints}, and the latest samples in order of arrival.
 *
 * <p>A sample is appended. {@value #LATEST} samples are sorted and merged into the points at once, which is cheaper than
 * a search and an insertion for each. Reading a sketch does not change what it stores, so the time of a checkpoint or of
 * an evaluation has no influence. AUC is within 0.002 of the exact value, and PR-AUC within 0.005, unless scores drift far in few samples.
 *
 * <p>A score is represented by a key, an integer of the same order, without the lowest bit of the score. Pinned by
 * {@code ScoreSketchTest}.
 */
public final class ScoreSketch {
    /** At least the default window, so that such a window is merged once, at its end. */
    static final int LATEST = 1024;

    private static final int FIRST_LENGTH = 8;
    private static final int[] NONE = {};

    private ScorePoints merged;
    /** Each is twice its key, plus 1 if it is positive. */
    private int[] latest;

    private int count;
    /** All samples as points; null if not computed since the last change. */
    private @Nullable ScorePoints points;

    ScoreSketch() {
        this(ScorePoints.NONE, NONE);
    }

    private ScoreSketch(ScorePoints merged, int[] latest) {
        this.merged = merged;
        this.latest = latest;
        count = latest.length;
    }

    /**
     * Restores a sketch.
     *
     * @param merged as {@link #merged} returns them
     * @param latest as {@link #latest} returns them; not used afterward
     */
    public static ScoreSketch of(ScorePoints merged, int... latest) {
        if (latest.length > LATEST) {
            throw new IllegalArgumentException("scores: " + latest.length + " (expected: at most " + LATEST + ")");
        }
        return new ScoreSketch(merged, latest);
    }

    /** Returns the key of a score: an integer of the same order. */
    public static int key(float score) {
        // Adding 0 makes -0 equal to 0.
        int bits = Float.floatToRawIntBits(score + 0f);
        return (bits ^ bits >> 31 & Integer.MAX_VALUE) >> 1;
    }

    /** Returns the score of a key. */
    public static float score(int key) {
        int bits = key << 1;
        return Float.intBitsToFloat(bits ^ bits >> 31 & Integer.MAX_VALUE);
    }

    void add(boolean positive, float score) {
        if (count == latest.length) {
            makeRoom();
        }
        points = null;
        latest[count++] = key(score) << 1 | (positive ? 1 : 0);
    }

    private void makeRoom() {
        if (count < LATEST) {
            latest = Arrays.copyOf(latest, Math.min(LATEST, Math.max(FIRST_LENGTH, 2 * count)));
        } else {
            merged = points();
            count = 0;
        }
    }

    /** Adds the scores of another sketch. */
    void addAll(ScoreSketch other) {
        restart(points().and(other.points()));
    }

    /** Returns the points of this sketch and a later one that were merged before; if there are none, all points. */
    ScoreSketch mergedBefore(ScoreSketch later) {
        if (merged.size() > 0) {
            return new ScoreSketch(merged, NONE);
        }
        return new ScoreSketch(later.merged.size() > 0 ? later.merged : points().and(later.points()), NONE);
    }

    /** Returns all samples as points. */
    public ScorePoints points() {
        ScorePoints all = points;
        if (all == null) {
            all = count == 0 ? merged : merged.and(ScorePoints.ofSamples(RadixSort.sorted(latest, count)));
            points = all;
        }
        return all;
    }

    /** Returns the points without the latest samples, for storage. */
    public ScorePoints merged() {
        return merged;
    }

    /** Returns the samples that are not in {@link #merged}, in order of arrival, for storage. */
    public int[] latest() {
        return Arrays.copyOf(latest, count);
    }

    /** Returns the probability that a positive scores above a negative, counting ties half; null without both. */
    @Nullable Double auc() {
        return points().auc();
    }

    /** Returns the average precision of the positives; null without both. See {@link ScorePoints#prAuc}. */
    @Nullable Double prAuc() {
        return points().prAuc();
    }

    /** Removes all scores, and returns to the size of an unused sketch. */
    void clear() {
        restart(ScorePoints.NONE);
    }

    private void restart(ScorePoints from) {
        merged = from;
        points = from;
        latest = NONE;
        count = 0;
    }

    ScoreSketch copy() {
        return new ScoreSketch(merged, latest());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ScoreSketch that && points().equals(that.points());
    }

    @Override
    public int hashCode() {
        return points().hashCode();
    }

    @Override
    public String toString() {
        return points().toString();
    }
}
