package io.freshet.learning.math;

/**
 * Exponential, logarithm, and functions based on them, with the same bits on every machine.
 *
 * <p>{@code Math.exp} and {@code Math.log} may differ in the last bit between CPUs, and between interpreter and
 * compiler; parameters and predictions must not. These functions use only additions, multiplications, and divisions,
 * which Java rounds identically everywhere. {@link StrictMath} would too, but calls native code for a logarithm.
 *
 * <pre>
 *   exp(x)    = 2^k * (1 + r + r^2 P(r))              x = k log 2 + r, |r| <= log(2) / 2
 *   log(x)    = k log 2 + f - (f^2 / 2 - s (f^2 / 2 + z Q(z)))    x = 2^k (1 + f), 1/sqrt(2) <= 1 + f < sqrt(2)
 *                                                     s = f / (2 + f), z = s^2, Q(z) = (2 atanh(s) / s - 2) / z
 *   log1p(x)  = log(u) + c / u                        u = 1 + x rounded, c = its rounding error
 *   expm1(x)  = 2 t / (1 - t)                         |x| < 1, t = tanh(x / 2)
 *             = exp(x) - 1                            otherwise
 *   tanh(x)   = x - x z N(z) / D(z)                   |x| < 0.625, z = x^2: Lambert's continued fraction, 8 levels
 *             = sign(x) (1 - 2 / (exp(2 |x|) + 1))    otherwise
 * </pre>
 *
 * log 2 is stored in two parts; the first ends with zero bits, so its product with k is exact. P (degree 9) and Q
 * (degree 6) are minimax polynomials with relative errors of 2.1e-16 and 4.6e-16, in terms that are a small part of the
 * result; the error of N / D is below 1e-17. The maximum error of exp, log, and log1p is below 1 ulp, and that of tanh and
 * expm1 below 2 ulps. Special values are those of {@link Math}. Pinned by {@code TranscendentalGoldenTest}, and by {@code
 * TranscendentalTest}, which also pins a checksum of the bits.
 *
 * <p>{@link #cos} and {@link #pow} are meant for schedules and the sizes of steps: at most a few calls per update.
 *
 * @see <a href="https://www.netlib.org/fdlibm/">fdlibm, whose reductions these are</a>
 */
public final class Transcendental {
    private static final double LOG_2_HIGH = 0x1.62e42fefa3000p-1;
    private static final double LOG_2_LOW = 0x1.3de6af278ece6p-42;
    private static final double INVERSE_LOG_2 = 0x1.71547652b82fep0;

    /** Adding and subtracting this rounds a number below 2^51 to a whole number. */
    private static final double ROUND = 0x1.8p52;

    private static final double LARGEST_EXP = 0x1.62e42fefa39efp9;
    private static final double SMALLEST_EXP = -746;
    private static final long SQRT_HALF_BITS = 0x3fe6a09e667f3bcdL;
    private static final long ONE_BITS = 0x3ff0000000000000L;
    private static final double SQRT_2_LESS_1 = 0x1.a827999fcef32p-2;
    private static final double SQRT_HALF_LESS_1 = -0x1.2bec333018867p-2;

    private Transcendental() {}

    /** Returns e to the power of {@code x}. */
    public static double exp(double x) {
        if (!(x <= LARGEST_EXP && x >= SMALLEST_EXP)) {
            return Double.isNaN(x) ? x : x > 0 ? Double.POSITIVE_INFINITY : 0;
        }
        double k = (x * INVERSE_LOG_2 + ROUND) - ROUND;
        double high = x - k * LOG_2_HIGH;
        double low = k * LOG_2_LOW;
        double r = high - low;
        double r2 = r * r;
        double r4 = r2 * r2;
        double p01 = 0x1.0000000000001p-1 + r * 0x1.555555555554dp-3;
        double p23 = 0x1.5555555553d7dp-5 + r * 0x1.111111111448bp-7;
        double p45 = 0x1.6c16c17883548p-10 + r * 0x1.a01a018c3105fp-13;
        double p67 = 0x1.a019b9297e5dap-16 + r * 0x1.71de5a3c33c27p-19;
        double p89 = 0x1.289167ec9c330p-22 + r * 0x1.aeaafee387648p-26;
        double p = (p01 + r2 * p23) + r4 * ((p45 + r2 * p67) + r4 * p89);
        double y = 1 + (high + (r2 * p - low));
        int exponent = (int) k;
        if (exponent >= -1021 && exponent <= 1023) {
            return y * powerOf2(exponent);
        }
        return exponent > 0 ? y * 2 * 0x1p1023 : y * powerOf2(exponent + 60) * 0x1p-60;
    }

    /** Returns exp(x) - 1, accurate for small {@code x}. */
    public static double expm1(double x) {
        if (Math.abs(x) < 1) {
            double t = tanh(x / 2);
            return 2 * t / (1 - t);
        }
        return exp(x) - 1;
    }

    /** Returns the natural logarithm of {@code x}: NaN below 0, minus infinity at 0. */
    public static double log(double x) {
        double normal = x;
        int shift = 0;
        if (!(x >= Double.MIN_NORMAL && x <= Double.MAX_VALUE)) {
            if (!(x > 0) || x == Double.POSITIVE_INFINITY) {
                return x == 0 ? Double.NEGATIVE_INFINITY : x < 0 ? Double.NaN : x;
            }
            normal = x * 0x1p54;
            shift = 54;
        }
        long bits = Double.doubleToRawLongBits(normal);
        long k = (bits - SQRT_HALF_BITS) >> 52;
        double f = Double.longBitsToDouble(bits - (k << 52)) - 1;
        return log(k - shift, f, 0);
    }

    /** Returns log(1 + x), accurate for small {@code x}: NaN below -1, minus infinity at -1. */
    public static double log1p(double x) {
        if (x > SQRT_HALF_LESS_1 && x < SQRT_2_LESS_1) {
            return Math.abs(x) < 0x1p-54 ? x : log(0, x, 0);
        }
        if (!(x > -1 && x < 0x1p53)) {
            return x == -1 ? Double.NEGATIVE_INFINITY : log(x);
        }
        double u = 1 + x;
        // Both subtractions are exact.
        double rest = (x - (u - 1)) / u;
        long bits = Double.doubleToRawLongBits(u);
        long k = (bits - SQRT_HALF_BITS) >> 52;
        return log(k, Double.longBitsToDouble(bits - (k << 52)) - 1, rest);
    }

    /** Returns k log 2 + log(1 + f) + rest, for a rest far below one ulp of 1 + f. */
    private static double log(double k, double f, double rest) {
        double s = f / (2 + f);
        double z = s * s;
        double w = z * z;
        double q = (0x1.5555555555558p-1 + z * 0x1.9999999995238p-2)
                + w
                        * ((0x1.2492492e034b9p-2 + z * 0x1.c71c62cf5d605p-3)
                                + w * ((0x1.7462bac73a3c1p-3 + z * 0x1.39fd9a802701cp-3) + w * 0x1.2b61a336e9010p-3));
        double half = 0.5 * f * f;
        return k * LOG_2_HIGH - ((half - (s * (half + z * q) + (k * LOG_2_LOW + rest))) - f);
    }

    /** Returns the hyperbolic tangent of {@code x}. */
    public static double tanh(double x) {
        double size = Math.abs(x);
        if (size < 0x1p-27) {
            return x;
        }
        if (size < 0.625) {
            double z = x * x;
            double n = 675675 + z * (45045 + z * (594 + z));
            double d = 2027025 + z * (945945 + z * (51975 + z * (630 + z)));
            return x - x * (z * n / d);
        }
        if (size > 20) {
            return Math.copySign(1, x);
        }
        return Math.copySign(1 - 2 / (exp(2 * size) + 1), x);
    }

    /**
     * Returns the logistic function of a logit, 1 / (1 + exp(-z)), given {@code e = exp(-|z|)}. Never overflows, since
     * {@code e} is in [0, 1].
     */
    public static double sigmoid(double z, double e) {
        // The numerator is 1 if z >= 0, and e otherwise. Selecting it by bits avoids an unpredictable branch.
        long negative = Double.doubleToRawLongBits(z) >> 63;
        long above = Double.doubleToRawLongBits(e) & negative | ONE_BITS & ~negative;
        return Double.longBitsToDouble(above) / (1 + e);
    }

    /** Returns the logistic function of {@code z}: 1 / (1 + exp(-z)), without overflow. */
    public static double sigmoid(double z) {
        return sigmoid(z, exp(-Math.abs(z)));
    }

    /** Returns the sine of {@code x} in radians, by {@link StrictMath}. */
    public static double sin(double x) {
        return StrictMath.sin(x);
    }

    /** Returns the cosine of {@code x} in radians, by {@link StrictMath}. */
    public static double cos(double x) {
        return StrictMath.cos(x);
    }

    /**
     * Returns {@code base} to the power of {@code exponent}: exp(exponent log(base)). The relative error is about 1e-16
     * times |exponent log(base)|. {@link StrictMath} would allocate.
     *
     * @param base at least 0
     */
    public static double pow(double base, double exponent) {
        return exponent == 0 ? 1 : exp(exponent * log(base));
    }

    /** Returns 2 to the power of {@code exponent}, which is in [-1022, 1023]. */
    private static double powerOf2(int exponent) {
        return Double.longBitsToDouble(ONE_BITS + ((long) exponent << 52));
    }
}
