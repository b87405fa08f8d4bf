package io.freshet.learning.features;

import org.jspecify.annotations.Nullable;

/**
 * Copies a sample's numeric features and dense vectors for the learner, standardizing those that the specification
 * selects by their running moments.
 *
 * <p>The moments are one n, then the mean and the m2 or variance of each standardized number ({@link Moments}). If numbers
 * were added to the model after its first sample, the n from before each number was added follows. The steps of a sequence
 * share the moments of a number and update them in order; n then counts steps. Immutable and thread-safe. Pinned by
 * {@code MomentsTest} and {@code SequenceStandardizerTest}.
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

    private double deviationAt(double[] moments, int place) {
        return Moments.deviation(moments, place, moments[0] - missed(moments, place), decay);
    }

    /** Returns whether moments of this length are of these numbers: without or with an n for those that were added. */
    public boolean hasMoments(int length) {
        return length == 1 + 2 * size() || length == 1 + 3 * size();
    }

    /** Returns the n before the number whose mean is at {@code place} was added. */
    private double missed(double[] moments, int place) {
        int end = 1 + 2 * size();
        return moments.length == end ? 0 : moments[end + (place - 1) / 2];
    }

    /** Returns the count of standardized numbers. */
    public int size() {
        return (numericStandardized ? numeric : 0) + standardizedDense;
    }

    /**
     * Returns the standard deviation that the next sample's number is divided by, apart from its own contribution; 1 for a
     * number that is not standardized.
     *
     * @param number index among the numbers, numeric then dense
     */
    public double deviation(double[] moments, int number) {
        if (number < numeric) {
            return numericStandardized ? deviationAt(moments, 1 + 2 * number) : 1;
        }
        int place = 1 + (numericStandardized ? 2 * numeric : 0);
        for (int i = 0; dense != null && i < number - numeric; i++) {
            place += dense[i] ? 2 : 0;
        }
        return dense != null && dense[number - numeric] ? deviationAt(moments, place) : 1;
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
        double n = moments[0];
        int place = 1;
        if (numericStandardized) {
            for (int i = 0; i < numeric; i++, place += 2) {
                to[at + i] = Moments.standardize(moments, place, n - missed(moments, place) + 1, x[from + i], decay);
            }
        } else {
            for (int i = 0; i < numeric; i++) {
                to[at + i] = (float) x[from + i];
            }
        }
        if (dense != null) {
            for (int i = 0; i < dense.length; i++) {
                if (dense[i]) {
                    double seen = n - missed(moments, place);
                    Moments.standardize(moments, place, seen, decay, to, at + numeric + i, dense.length, steps);
                    place += 2;
                }
            }
        }
    }

    /** Updates the moments with the numbers of a sample. */
    public void keep(double[] moments, Sample sample) {
        double n = moments[0];
        int steps = dense == null ? 1 : sample.dense().length / dense.length;
        moments[0] += steps;
        int place = 1;
        if (numericStandardized) {
            for (double x : sample.numeric()) {
                Moments.keep(moments, place, n - missed(moments, place) + 1, x, decay);
                place += 2;
            }
        }
        if (dense != null) {
            float[] vector = sample.dense();
            for (int i = 0; i < dense.length; i++) {
                if (dense[i]) {
                    double seen = n - missed(moments, place);
                    for (int step = 0; step < steps; step++) {
                        Moments.keep(moments, place, seen + step + 1, vector[step * dense.length + i], decay);
                    }
                    place += 2;
                }
            }
        }
    }
}
