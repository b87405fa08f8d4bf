package io.freshet.learning.features;

import org.jspecify.annotations.Nullable;

/**
 * Copies a sample's numeric features and dense vectors for the learner, standardizing those that the specification
 * selects by their running moments.
 *
 * <p>The moments are one n, then the mean and the m2 or variance of each standardized number ({@link Moments}). The
 * steps of a sequence share the moments of a number and update them in order; n then counts the weight once for each step. Immutable and
 * thread-safe. Pinned by {@code MomentsTest} and {@code SequenceStandardizerTest}.
 */
public final class Standardizer {
    private final int numeric;
    private final boolean numericStandardized;
    private final double decay;
    /** Whether each dense number of a sample or step is standardized; null if none is. */
    private final boolean @Nullable [] dense;

    private final int standardizedDense;

    /**
     * @param numeric count of numeric features
     * @param numericStandardized whether they are standardized
     * @param dense whether each number of the dense vectors is standardized; for a sequence, of one step
     * @param decay {@link Moments#EXACT}, or in (0, 1)
     */
    public Standardizer(int numeric, boolean numericStandardized, boolean[] dense, double decay) {
        this.numeric = numeric;
        this.numericStandardized = numericStandardized;
        this.decay = decay;
        int count = 0;
        for (boolean standardized : dense) {
            count += standardized ? 1 : 0;
        }
        this.dense = count > 0 ? dense.clone() : null;
        standardizedDense = count;
    }

    /** Returns the moments before any sample. */
    public double[] start() {
        return Moments.start(size());
    }

    /** Returns the count of standardized numbers. */
    public int size() {
        return (numericStandardized ? numeric : 0) + standardizedDense;
    }

    /** Writes the numbers of a sample, numeric then dense, to {@code to[at...]}; changes no moments. */
    public void write(double[] moments, Sample sample, float[] to, int at) {
        float[] vector = sample.dense();
        System.arraycopy(vector, 0, to, at + numeric, vector.length);
        write(moments, sample.numeric(), 0, to, at, dense == null ? 0 : vector.length / dense.length);
    }

    /**
     * Writes numeric features to {@code to[at...]}, and standardizes the dense numbers after them in place; changes no
     * moments.
     *
     * @param x contains the numeric features from {@code from}
     * @param steps count of steps to standardize
     */
    public void write(double[] moments, double[] x, int from, float[] to, int at, int steps) {
        double n = moments[0] + 1;
        int place = 1;
        if (numericStandardized) {
            for (int i = 0; i < numeric; i++, place += 2) {
                to[at + i] = Moments.standardize(moments, place, n, x[from + i], decay);
            }
        } else {
            for (int i = 0; i < numeric; i++) {
                to[at + i] = (float) x[from + i];
            }
        }
        if (dense != null) {
            for (int i = 0; i < dense.length; i++) {
                if (dense[i]) {
                    Moments.standardize(moments, place, n - 1, decay, to, at + numeric + i, dense.length, steps);
                    place += 2;
                }
            }
        }
    }

    /** Updates the moments with the numbers of a sample, unless its weight is 0. */
    public void keep(double[] moments, Sample sample) {
        double weight = sample.weight();
        if (weight == 0) {
            return;
        }
        double n = moments[0] + weight;
        int steps = dense == null ? 1 : sample.dense().length / dense.length;
        moments[0] += steps * weight;
        int place = 1;
        if (numericStandardized) {
            for (double x : sample.numeric()) {
                Moments.keep(moments, place, n, x, weight, decay);
                place += 2;
            }
        }
        if (dense != null) {
            float[] vector = sample.dense();
            for (int i = 0; i < dense.length; i++) {
                if (dense[i]) {
                    for (int step = 0; step < steps; step++) {
                        Moments.keep(
                                moments, place, n + step * weight, vector[step * dense.length + i], weight, decay);
                    }
                    place += 2;
                }
            }
        }
    }
}
