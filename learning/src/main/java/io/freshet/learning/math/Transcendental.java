package io.freshet.learning.math;

/**
 * Exponential, logarithm and the functions made of them, the same bits on every machine.
 *
 * <p>{@code Math.exp} and {@code Math.log} may differ in the last bit between CPUs and between interpreter and compiler;
 * parameters and predictions must not. So all of Freshet computes them here, through {@link StrictMath}.
 */
public final class Transcendental {
    private Transcendental() {}

    /** Returns e to the power of {@code x}. */
    public static double exp(double x) {
        return StrictMath.exp(x);
    }

    /** Returns the natural logarithm of {@code x}. */
    public static double log(double x) {
        return StrictMath.log(x);
    }

    /** Returns log(1 + x), exact for small {@code x}. */
    public static double log1p(double x) {
        return StrictMath.log1p(x);
    }

    /**
     * Returns the logistic function of a logit, given {@code e = exp(-|z|)}: 1 / (1 + exp(-z)). Never overflows, since
     * {@code e} lies in [0, 1].
     */
    public static double sigmoid(double z, double e) {
        return z >= 0 ? 1 / (1 + e) : e / (1 + e);
    }
}
