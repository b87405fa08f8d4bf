package io.freshet.learning.features;

/**
 * Standardises numeric features by their running mean and variance (Welford), taking each value in before it scales it.
 *
 * <pre>
 *   n'    = n + 1
 *   mean' = mean + (x - mean) / n'
 *   m2'   = m2 + (x - mean) * (x - mean')
 *   z     = (x - mean') / sqrt(m2' / n')        0 where m2' / n' is 0 or too small to be a normal double
 * </pre>
 *
 * The variance is the population's (divided by n'). As z uses the moments that include x, |z| is at most sqrt(n' - 1),
 * and no early sample explodes. A prediction computes the same z without keeping the moments. The state is one
 * {@code double[]} of length 1 + 2 * features: [n, mean 0, m2 0, mean 1, m2 1, ...]. Pinned by {@code MomentsTest}.
 *
 * @see <a href="https://doi.org/10.1080/00401706.1962.10490022">Welford 1962</a>
 */
public final class Moments {
    private Moments() {}

    /** Returns the state before any sample. */
    public static double[] start(int features) {
        return new double[1 + 2 * features];
    }

    /** Writes z of each of {@code x} to {@code z[at...]}, as if x had been taken in; changes no moments. */
    public static void standardize(double[] moments, double[] x, float[] z, int at) {
        double n = moments[0] + 1;
        for (int i = 0; i < x.length; i++) {
            double mean = moments[1 + 2 * i];
            double delta = x[i] - mean;
            double meanAfter = mean + delta / n;
            double m2After = moments[2 + 2 * i] + delta * (x[i] - meanAfter);
            double variance = m2After / n;
            z[at + i] = variance >= Double.MIN_NORMAL ? (float) ((x[i] - meanAfter) / Math.sqrt(variance)) : 0;
        }
    }

    /** Takes {@code x} into the moments. */
    public static void keep(double[] moments, double[] x) {
        double n = moments[0] + 1;
        moments[0] = n;
        for (int i = 0; i < x.length; i++) {
            double delta = x[i] - moments[1 + 2 * i];
            double meanAfter = moments[1 + 2 * i] + delta / n;
            moments[1 + 2 * i] = meanAfter;
            moments[2 + 2 * i] += delta * (x[i] - meanAfter);
        }
    }
}
