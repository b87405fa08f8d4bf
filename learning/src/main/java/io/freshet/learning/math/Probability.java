package io.freshet.learning.math;

import static io.freshet.learning.math.Transcendental.log;
import static io.freshet.learning.math.Transcendental.log1p;

/**
 * Functions of probabilities that are rounded to float32. 0 and 1 stand for the numbers nearest to 1/2 that round to them, 2^-150
 * (7.0e-46) and 1 - 2^-25 (1 - 3.0e-8), so logarithms are finite. Pinned by {@code LossContractTest}.
 */
public final class Probability {
    private static final double NEAREST_TO_0 = 0x1p-150;
    private static final double NEAREST_TO_1 = 1 - 0x1p-25;

    private Probability() {}

    /** Returns whether a number is one, which NaN is not. */
    public static boolean isOne(float p) {
        return p >= 0 && p <= 1;
    }

    /** Returns log p, at least -104; of any number that is not negative. */
    public static double logarithm(float p) {
        return log(Math.max(p, NEAREST_TO_0));
    }

    /** Returns log(p / (1 - p)), from -104 to 17.4. */
    public static double logit(float p) {
        return logarithm(p) - log1p(-Math.min(p, NEAREST_TO_1));
    }

    /** Returns -p log p, a term of an entropy, in nats; 0 for 0. */
    public static double entropyTerm(double p) {
        return p > 0 ? -p * log(p) : 0;
    }
}
