package io.freshet.learning.optimizer;

import io.freshet.learning.model.Weights;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a float32 sum of squares from stalling.
 *
 * <pre>
 *   lost = square - (round(sum + square) - sum)
 *   sum' = round(sum + 64 lost + d ulp(sum) / 2)       in one update of 64; d in (-1, 1)
 * </pre>
 *
 * A plain float sum stops growing once a square is below half an ulp: after 2^24 equal squares. In one update of 64, before
 * its square is added, the sum is corrected by 64 times what rounding loses of this square. The correction is dithered, since
 * it may itself be less than an ulp. So the sum is exact in the mean, and the other updates cost nothing.
 *
 * <p>Which updates correct, and d, depend only on the number of the update, so a restart gives the same bits, and no further
 * state is needed. They follow a sequence of golden-ratio steps, which is more even than random numbers. Pinned by {@code
 * SquareSumTest}.
 */
final class SquareSum {
    private static final long GOLDEN_RATIO = 0x9E3779B97F4A7C15L;
    private static final int BITS = 23;

    /** Binary logarithm: one update of 64 corrects. */
    private static final int EVERY = 6;

    /** A sum times these is half an ulp of it (Rump, Zimmermann, Boldo, Melquiond 2009); without bit operations, it vectorizes. */
    private static final float HALF = 0x1.000002p-1f;

    private static final float BELOW_1 = 0x1.fffffep-1f;

    private SquareSum() {}

    /** Returns d of an update, or NaN if it does not correct. */
    static float dither(long update) {
        long position = update * GOLDEN_RATIO;
        if (position >>> Long.SIZE - EVERY != 0) {
            return Float.NaN;
        }
        int odd = 2 * (int) (position >>> Long.SIZE - EVERY - BITS) + 1;
        return (odd - (1 << BITS)) * 0x1p-23f;
    }

    /** Corrects the sums of coordinates [from, to), as {@link Optimizer#step} defines them. */
    static void correct(Weights weights, int @Nullable [] rows, float[] gradient, int from, int to, Step step) {
        float dither = dither(step.number());
        if (Float.isNaN(dither)) {
            return;
        }
        float[] sums = weights.array(step.squares());
        if (rows == null) {
            for (int i = from; i < to; i++) {
                sums[i] = corrected(sums[i], gradient[i], dither);
            }
            return;
        }
        int slot = step.squares() * weights.layout().slotDistance();
        for (int i = from; i < to; i++) {
            int s = rows[i] * step.stride() + slot;
            sums[s] = corrected(sums[s], step.factor() * gradient[i], dither);
        }
    }

    /**
     * Returns min(sum + g^2, 2^128). With rows, a branch that is never taken costs less than a minimum, which the compiler can
     * vectorize.
     */
    static float sum(int @Nullable [] rows, float sum, float g) {
        float added = sum + g * g;
        return rows == null ? Math.min(added, Float.MAX_VALUE) : added > Float.MAX_VALUE ? Float.MAX_VALUE : added;
    }

    /** Returns min(sum + square, 2^128), corrected unless {@code dither} is NaN; a square below the smallest normal float is 0. */
    static float add(float sum, double square, float dither) {
        float rounded = ScaleFree.normal(square);
        float before = Float.isNaN(dither) ? sum : correctedBy(sum, rounded, dither);
        return Math.min(before + rounded, Float.MAX_VALUE);
    }

    private static float corrected(float sum, float g, float dither) {
        return correctedBy(sum, g * g, dither);
    }

    private static float correctedBy(float sum, float square, float dither) {
        float lost = square - (Math.min(sum + square, Float.MAX_VALUE) - sum);
        float rounded = sum * HALF;
        float halfUlp = rounded - rounded * BELOW_1;
        return sum + ((1 << EVERY) * lost + halfUlp * dither);
    }
}
