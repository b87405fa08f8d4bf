package io.freshet.learning.features;

import org.jspecify.annotations.Nullable;

/**
 * Brings the numbers of a sample to where learning takes them: numeric features and then dense vectors, each
 * standardised by its running moments or left as it is.
 *
 * <p>Moments hold one n for all, then mean and spread of each standardised number, in that order ({@link Moments}). The
 * steps of a sequence share the moments of a number, each step taken in after the one before it; n then counts steps. A
 * value, thread-safe. Pinned by {@code MomentsTest} and {@code SequenceStandardizerTest}.
 */
public final class Standardizer {
    private final int numeric;
    private final boolean numericStandardized;
    private final double decay;
    /** Of the dense numbers of one sample, or of one step of it, whether each is standardised; null if none is. */
    private final boolean @Nullable [] dense;

    private final int standardizedDense;

    /**
     * @param numeric how many numeric features there are
     * @param numericStandardized whether they are standardised
     * @param dense of each number of the dense vectors, of a sequence in one step, whether it is
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

    /** Returns how many numbers have moments. */
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
     * Writes numeric features to {@code to[at...]}, and standardises in their place the dense numbers that already stand
     * behind them; changes no moments.
     *
     * @param x has the numeric features from {@code from} on
     * @param steps of dense numbers; of 0 none is looked at
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

    /** Takes the numbers of a sample into the moments. */
    public void keep(double[] moments, Sample sample) {
        double n = moments[0] + 1;
        int steps = dense == null ? 1 : sample.dense().length / dense.length;
        moments[0] += steps;
        int place = 1;
        if (numericStandardized) {
            for (double x : sample.numeric()) {
                Moments.keep(moments, place, n, x, decay);
                place += 2;
            }
        }
        if (dense != null) {
            float[] vector = sample.dense();
            for (int i = 0; i < dense.length; i++) {
                if (dense[i]) {
                    for (int step = 0; step < steps; step++) {
                        Moments.keep(moments, place, n + step, vector[step * dense.length + i], decay);
                    }
                    place += 2;
                }
            }
        }
    }
}
