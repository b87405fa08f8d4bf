package io.freshet.learning.features;

/**
 * Standardizes numbers by their running mean and variance, which include each value before it is scaled.
 *
 * <pre>
 *   n'    = n + 1
 *   mean' = mean + (x - mean) / n'
 *   m2'   = m2 + (x - mean) * (x - mean')       exact (Welford): decay 1
 *   z     = (x - mean') / sqrt(m2' / n')        0 where the variance is 0 or too small to be a normal double
 *
 *   a     = max(1 / n', 1 - decay)              exponentially weighted: decay below 1
 *   mean' = mean + a * (x - mean)               x where that is too little to move the mean
 *   var'  = (1 - a) * (var + a * (x - mean)^2)
 *   z     = (x - mean') / sqrt(var')
 * </pre>
 *
 * A mean that stood still beside a number that has become constant would leave their rounding as the whole variance. The
 * exact variance is the population's (divided by n'). As z uses the moments that include x, |z| is at most sqrt(n' -
 * 1), or sqrt(1 / a - 1), and no early sample explodes. A prediction computes the same z without keeping the moments. The
 * state is one {@code double[]} of length 1 + 2 * numbers: [n, mean 0, m2 0, mean 1, m2 1, ...], with the variance in the
 * place of m2 if it is exponentially weighted. Pinned by {@code MomentsTest}.
 *
 * @see <a href="https://doi.org/10.1080/00401706.1962.10490022">Welford 1962</a>
 * @see <a href="https://fanf2.user.srcf.net/hermes/doc/antiforgery/stats.pdf">Finch 2009, section 9</a>
 */
public final class Moments {
    /** The decay of moments that forget nothing. */
    public static final double EXACT = 1;

    private Moments() {}

    /** Returns the state before any sample. */
    public static double[] start(int numbers) {
        return new double[1 + 2 * numbers];
    }

    /**
     * Returns z of {@code x}, as if it had been taken in; changes no moments.
     *
     * @param place of the number's mean in {@code moments}; its spread follows
     * @param n samples, this one included
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
            meanAfter = moved(moments[place], a, x);
            variance = (1 - a) * (moments[place + 1] + a * delta * delta);
        }
        return variance >= Double.MIN_NORMAL ? (float) ((x - meanAfter) / Math.sqrt(variance)) : 0;
    }

    /**
     * Puts z in the place of {@code count} values of one number, each as if it and those before it had been taken in;
     * changes no moments.
     *
     * @param n samples before the first of them
     * @param values the first at {@code at}, the next {@code stride} behind it
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
                mean = moved(mean, a, x);
                spread = (1 - a) * (spread + a * delta * delta);
                variance = spread;
            }
            values[at + i * stride] = variance >= Double.MIN_NORMAL ? (float) ((x - mean) / Math.sqrt(variance)) : 0;
        }
    }

    /** Takes {@code x} into the moments of the number at {@code place}. */
    static void keep(double[] moments, int place, double n, double x, double decay) {
        double delta = x - moments[place];
        if (decay == EXACT) {
            double meanAfter = moments[place] + delta / n;
            moments[place] = meanAfter;
            moments[place + 1] += delta * (x - meanAfter);
        } else {
            double a = Math.max(1 / n, 1 - decay);
            moments[place] = moved(moments[place], a, x);
            moments[place + 1] = (1 - a) * (moments[place + 1] + a * delta * delta);
        }
    }

    private static double moved(double mean, double a, double x) {
        double moved = mean + a * (x - mean);
        return moved == mean ? x : moved;
    }
}
