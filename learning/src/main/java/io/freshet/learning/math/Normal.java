package io.freshet.learning.math;

/**
 * The standard normal distribution, for the exact GELU, x cdf(x), and its derivative, cdf(x) + x density(x).
 *
 * <pre>
 *   density(x) = exp(-x^2 / 2) / sqrt(2 pi)
 *   cdf(x)     = (1 + erf(x / sqrt(2))) / 2
 *              = exp(-x^2 / 2) G(t) / (|x| + 5)    x <= 0, t = (|x| - 5) / (|x| + 5)
 *              = 1 - cdf(-x)                       x > 0
 * </pre>
 *
 * G is a polynomial of degree 20 with an error of 2e-16, fitted at Chebyshev nodes for |x| up to 38.6, where the tail
 * leaves the range of a double. This is the form of Shepherd and Laframboise (Mathematics of Computation 36, 1981). The
 * rounding error of x^2 is corrected, so the relative error is below 2e-15 even far out in the tail (above 1e-307).
 * Pinned by {@code TranscendentalGoldenTest} to values computed with 60 digits, and by {@code NormalTest}.
 */
public final class Normal {
    private static final double INVERSE_SQRT_2_PI = 0.3989422804014327;
    private static final double FARTHEST = 38.6;

    /** Coefficients of G, the constant first. */
    private static final double[] G = {
        0.7691930497500629,
        -0.6653825028900532,
        0.4953056159699954,
        -0.31353315667163945,
        0.16502036616944554,
        -0.06911863869713308,
        0.020795066818849853,
        -0.0029933768839868024,
        -0.0007978696006206878,
        0.0005448998172828979,
        -5.937445723719035e-05,
        -4.976569395042221e-05,
        1.6676268905700564e-05,
        3.987318147572126e-06,
        -2.7572370975320373e-06,
        -3.4432866871520466e-07,
        4.1532787252211715e-07,
        4.565847662731961e-08,
        -5.1200426636117275e-08,
        -7.512309531001756e-09,
        2.306416282497228e-09,
    };

    private Normal() {}

    /** Returns the probability that a standard normal variable is at most {@code x}. */
    public static double cdf(double x) {
        double size = Math.abs(x);
        if (!(size < FARTHEST)) {
            return Double.isNaN(x) ? x : x > 0 ? 1 : 0;
        }
        double t = (size - 5) / (size + 5);
        // Separate chains for even and odd powers halve the latency; the order is fixed.
        double t2 = t * t;
        double even = G[20];
        double odd = G[19];
        for (int i = 18; i > 0; i -= 2) {
            even = even * t2 + G[i];
            odd = odd * t2 + G[i - 1];
        }
        double g = (even * t2 + G[0]) + t * odd;
        double tail = halfSquareExponential(size) * g / (size + 5);
        return x > 0 ? 1 - tail : tail;
    }

    /** Returns the density of the standard normal distribution at {@code x}. */
    public static double density(double x) {
        double size = Math.abs(x);
        return size < 2 * FARTHEST ? INVERSE_SQRT_2_PI * halfSquareExponential(size) : Double.isNaN(x) ? x : 0;
    }

    /** Returns exp(-x^2 / 2). Splits x in two halves to compute and correct the rounding error of the square. */
    private static double halfSquareExponential(double x) {
        double square = x * x;
        double head = Double.longBitsToDouble(Double.doubleToRawLongBits(x) & ~0x7ffffffL);
        double tail = x - head;
        double lost = ((head * head - square) + 2 * head * tail) + tail * tail;
        double e = Transcendental.exp(-0.5 * square);
        return e - e * (0.5 * lost);
    }
}
