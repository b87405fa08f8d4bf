package io.freshet.learning.math;

/**
 * Decimal numbers that one operation converts to the nearest double, because both operands are exact (Clinger's fast path).
 *
 * <pre>
 *   digits * 10^exponent     0 &lt;= digits &lt;= 2^53, |exponent| &lt;= 22
 * </pre>
 *
 * @see <a href="https://doi.org/10.1145/93542.93557">Clinger 1990, how to read floating point numbers accurately</a>
 */
public final class ExactDecimal {
    /** A double represents every whole number from 0 to this one. */
    public static final long LARGEST = 1L << 53;

    private static final double[] POWERS_OF_TEN = {
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20, 1e21, 1e22
    };

    private ExactDecimal() {}

    /** Returns whether {@link #of} has the exponent. */
    public static boolean hasExponent(int exponent) {
        return exponent > -POWERS_OF_TEN.length && exponent < POWERS_OF_TEN.length;
    }

    /** Returns the double nearest to {@code digits * 10^exponent}. */
    public static double of(long digits, int exponent) {
        return exponent < 0 ? digits / POWERS_OF_TEN[-exponent] : digits * POWERS_OF_TEN[exponent];
    }
}
