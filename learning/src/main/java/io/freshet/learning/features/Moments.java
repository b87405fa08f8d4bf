package io.freshet.learning.features;

import static io.freshet.learning.math.Transcendental.exp;
import static io.freshet.learning.math.Transcendental.log;

import io.freshet.learning.math.Underflow;

/**
 * Standardizes numbers by their running mean and variance, including the value itself.
 *
 * <pre>
 *   n'    = n + 1
 *   mean' = mean + (x - mean) / n'
 *   m2'   = m2 + (x - mean) * (x - mean')       exact (Welford): decay 1
 *   z     = (x - mean') / sqrt(m2' / n')        0 if the variance is 0 or subnormal, or z as a float
 *
 *   a     = max(1 / n', 1 - decay)              exponentially weighted: decay below 1
 *   mean' = mean + a * (x - mean)               x if the sum rounds to the old mean
 *   var'  = (1 - a) * (var + a * (x - mean)^2)
 *   z     = (x - mean') / sqrt(var')
 * </pre>
 *
 * Exponentially weighted means and variances that become subnormal are set to 0.
 *
 * <p>A sample of weight w counts as w samples: after it, n' = n + w, and a = max(w / n', 1 - decay^w). A sample of weight 0
 * changes nothing. z does not depend on the weight, which a request to predict does not have.
 *
 * <p>Once a number becomes constant, its weighted mean would stop just short of it, and the variance would shrink to that
 * rounding error; so the mean is then set to x. If the weight is below 1, it moves toward x by one unit in the last place, since a
 * far x of tiny weight rounds away as well. The exact variance is the population variance (divided by n'). Since z uses moments
 * that include x, |z| is at most sqrt(n' - 1), or sqrt(1 / a - 1), and early samples cannot explode. A prediction computes the same
 * z without changing the moments. The state is one {@code double[]} of length 1 + 2 * numbers: [n, mean 0, m2 0, mean 1, m2 1, ...],
 * where n is the sum of the weights; exponentially weighted moments store the variance instead of m2. Pinned by {@code MomentsTest}.
 *
 * @see <a href="https://doi.org/10.1080/00401706.1962.10490022">Welford 1962</a>
 * @see <a href="https://fanf2.user.srcf.net/hermes/doc/antiforgery/stats.pdf">Finch 2009, section 9</a>
 */
public final class Moments {
    /** The decay of exact moments, which weight all samples equally. */
    public static final double EXACT = 1;

    private Moments() {}

    /** Returns the state before any sample. */
    public static double[] start(int numbers) {
        return new double[1 + 2 * numbers];
    }

    /**
     * Returns z of {@code x} without changing the moments.
     *
     * @param place index of the number's mean in {@code moments}, followed by its m2 or variance
     * @param n sum of the weights so far, plus 1 for this value
     * @param decay {@link #EXACT}, or in (0, 1)
     */
    static float standardize(double[] moments, int place, double n, double x, double decay) {
        double delta = x - moments[place];
        double meanAfter;
        double variance;
        if (decay == EXACT) {
            meanAfter = moments[place] + delta / n;
            variance = (moments[place + 1] + delta * (x - meanAfter)) / n;
        } else {
            double a = Math.max(1 / n, 1 - decay);
            meanAfter = moved(moments[place], a, x, 1);
            variance = (1 - a) * (moments[place + 1] + a * delta * delta);
        }
        return standardized(x - meanAfter, variance);
    }

    /**
     * Returns z of {@code x}, which the moments include.
     *
     * @param n sum of the weights
     */
    static float standardizeKept(double[] moments, int place, double n, double x, double decay) {
        double variance = decay == EXACT ? moments[place + 1] / n : moments[place + 1];
        return standardized(x - moments[place], variance);
    }

    private static float standardized(double distance, double variance) {
        return variance >= Double.MIN_NORMAL ? Underflow.flush((float) (distance / Math.sqrt(variance))) : 0;
    }

    /**
     * Replaces {@code count} consecutive values of one number with their z, without changing the moments. Each z also
     * accounts for the values before it.
     *
     * @param n sum of the weights before the first value
     * @param values the first value is at {@code at}, the next one {@code stride} after it
     */
    static void standardize(
            double[] moments, int place, double n, double decay, float[] values, int at, int stride, int count) {
        double mean = moments[place];
        double spread = moments[place + 1];
        for (int i = 0; i < count; i++) {
            double x = values[at + i * stride];
            double delta = x - mean;
            double variance;
            if (decay == EXACT) {
                mean += delta / (n + i + 1);
                spread += delta * (x - mean);
                variance = spread / (n + i + 1);
            } else {
                double a = Math.max(1 / (n + i + 1), 1 - decay);
                mean = moved(mean, a, x, 1);
                spread = Underflow.flush((1 - a) * (spread + a * delta * delta));
                variance = spread;
            }
            values[at + i * stride] = standardized(x - mean, variance);
        }
    }

    /**
     * Returns the standard deviation of the number at {@code place}; 0 before any sample.
     *
     * @param n sum of the weights
     */
    static double deviation(double[] moments, int place, double n, double decay) {
        double spread = moments[place + 1];
        return Math.sqrt(decay == EXACT && n > 0 ? spread / n : spread);
    }

    /**
     * Updates the moments at {@code place} with {@code x}.
     *
     * @param n sum of the weights so far, including this one
     * @param weight above 0
     */
    static void keep(double[] moments, int place, double n, double x, double weight, double decay) {
        double mean = moments[place];
        double delta = x - mean;
        if (decay == EXACT) {
            double meanAfter = mean + weight * delta / n;
            moments[place] = meanAfter;
            moments[place + 1] += weight * delta * (x - meanAfter);
        } else {
            double a = Math.max(weight / n, weight == 1 ? 1 - decay : 1 - exp(weight * log(decay)));
            moments[place] = moved(mean, a, x, weight);
            moments[place + 1] = Underflow.flush((1 - a) * (moments[place + 1] + a * delta * delta));
        }
    }

    /**
     * Updates the moments at {@code place} with those of other values, in one step.
     *
     * <pre>
     *   mean' = mean + b * (other - mean)
     *   m2'   = m2 + other m2 + a * n_b * (other - mean)^2           exact (Chan): decay 1
     *   var'  = a * var + b * other var + a * b * (other - mean)^2   exponentially weighted: decay below 1
     * </pre>
     *
     * @param others moments of the other values, at the same place
     * @param a weight of the values before, in [0, 1]; if exact, their share n_a / (n_a + n_b)
     * @param n n_b, the sum of the weights of the other values
     * @see <a href="https://doi.org/10.1007/978-3-642-51461-6_3">Chan, Golub, LeVeque 1982</a>
     */
    static void combine(double[] moments, int place, double a, double[] others, double n, double decay) {
        double b = 1 - a;
        double delta = others[place] - moments[place];
        moments[place] = a == 0 ? others[place] : moments[place] + b * delta;
        if (decay == EXACT) {
            moments[place + 1] += others[place + 1] + a * n * delta * delta;
        } else {
            double variance = a * moments[place + 1] + b * others[place + 1] + a * b * delta * delta;
            moments[place + 1] = Underflow.flush(variance);
        }
    }

    private static double moved(double mean, double a, double x, double weight) {
        double moved = mean + a * (x - mean);
        if (moved == mean) {
            moved = weight < 1 ? Math.nextAfter(mean, x) : x;
        }
        return Underflow.flush(moved);
    }
}
