package io.freshet.learning.optimizer;

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

    /** Corrects the sums of coordinates [from, to). */
    static void correct(float[] sums, float[] gradient, int from, int to, float dither) {
        if (Float.isNaN(dither)) {
            return;
        }
        for (int i = from; i < to; i++) {
            sums[i] = corrected(sums[i], gradient[i], dither);
        }
    }

    /** Corrects the sums of scattered coordinates: the sum of row r is at {@code r * stride + slot}. */
    static void correct(
            float[] state,
            int slot,
            int stride,
            int[] rows,
            float[] gradient,
            int from,
            int to,
            float factor,
            float dither) {
        if (Float.isNaN(dither)) {
            return;
        }
        for (int i = from; i < to; i++) {
            int sum = rows[i] * stride + slot;
            state[sum] = corrected(state[sum], factor * gradient[i], dither);
        }
    }

    private static float corrected(float sum, float g, float dither) {
        float square = g * g;
        float lost = square - (Math.min(sum + square, Float.MAX_VALUE) - sum);
        float rounded = sum * HALF;
        float halfUlp = rounded - rounded * BELOW_1;
        return sum + ((1 << EVERY) * lost + halfUlp * dither);
    }
}
