package io.freshet.learning.math;

/**
 * Keeps numbers that decay by a factor from becoming subnormal, which makes each operation with them many times slower on
 * some CPUs.
 *
 * <pre>
 *   round(x)       = (x + c) - c      c = 1.5 * 2^-72:  a multiple of 2^-95 (2.5e-29); x itself from 2^-46 (1.4e-14) on
 *   roundSquare(x) = (x + c) - c      c = 1.5 * 2^-100: a multiple of 2^-123 (9.4e-38); x itself from 2^-74 (5.3e-23) on
 * </pre>
 *
 * (Between -2^-72 and -2^-73, and between -2^-100 and -2^-101, it may be a multiple of half as much.) The result is 0 or normal, and so is its product with a factor of at least 2^-31 (4.7e-10), for a square 2^-3. It differs from x
 * by a multiple or an ulp at most. A number that decays ends at 0, or at a few multiples that rounding holds: at most 1 / (2 (1 -
 * decay)).
 *
 * <p>These are sums, so the bits are the same on every machine, and loops vectorize. A loop that does not can {@link #flush}. Pinned by
 * {@code UnderflowTest}.
 */
public final class Underflow {
    private static final float TO_ROUND = 0x1.8p-72f;
    private static final float TO_ROUND_SQUARES = 0x1.8p-100f;

    private Underflow() {}

    /** Returns a number that decays, as a multiple of 2^-95. */
    public static float round(float number) {
        return (number + TO_ROUND) - TO_ROUND;
    }

    /** Returns a mean of squares, as a multiple of 2^-123. */
    public static float roundSquare(float square) {
        return (square + TO_ROUND_SQUARES) - TO_ROUND_SQUARES;
    }

    /** Returns the number, or 0 if it is subnormal. */
    public static float flush(float number) {
        return Math.abs(number) < Float.MIN_NORMAL ? 0 : number;
    }

    /** Returns the number, or 0 if it is subnormal. */
    public static double flush(double number) {
        return Math.abs(number) < Double.MIN_NORMAL ? 0 : number;
    }
}
