package io.freshet.learning.features;

import static io.freshet.learning.math.Transcendental.pow;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Copies a sample's numeric features and dense vectors for the learner, standardizing those that the specification
 * selects by their running moments.
 *
 * <pre>
 *   missing, standardized        z = 0
 *   missing, not standardized    z = mean          of the values before; 0 before the first one
 * </pre>
 *
 * A sample that only changes a label is in the moments already, so that they are used as they are.
 *
 * The moments are one n, then the mean and the m2 or variance of each standardized or imputed number ({@link Moments}),
 * then the n of each imputed number, the weights of the samples that have it. If numbers were added to the model after its
 * first sample, the n from before each number was added follows. A missing number changes none of its moments. The steps of a
 * sequence share the moments of a number and update them in order; n then counts the weight once for each step. Immutable and
 * thread-safe. Pinned by {@code MomentsTest}, {@code MissingNumbersTest}, and {@code SequenceStandardizerTest}.
 */
public final class Standardizer {
    private static final int NONE = -1;

    private final int numeric;
    private final boolean numericStandardized;
    private final double decay;
    /** Index of the mean of each numeric feature in the moments, or {@link #NONE}. */
    private final int[] mean;
    /** Index of the count of each numeric feature in the moments: 0 for the count of all samples, or its own index. */
    private final int[] count;

    private final int unscaled;
    /** Whether each dense number of a sample or step is standardized; null if none is. */
    private final boolean @Nullable [] dense;

    /** Index of the mean of the first standardized dense number in the moments. */
    private final int denseMean;

    private final int size;
    private final int length;

    /**
     * @param numeric count of numeric features, which are never missing
     * @param numericStandardized whether they are standardized
     * @param dense whether each number of the dense vectors is standardized; for a sequence, of one step
     * @param decay {@link Moments#EXACT}, or in (0, 1)
     */
    public Standardizer(int numeric, boolean numericStandardized, boolean[] dense, double decay) {
        this(numericStandardized, new boolean[numeric], 0, dense, decay);
    }

    /**
     * @param numericStandardized whether numeric features are standardized
     * @param imputed whether the mean of each numeric feature takes the place of a missing one
     * @param unscaled count of numbers that follow the numeric features and are copied as they are
     * @param dense whether each number of the dense vectors is standardized; for a sequence, of one step
     * @param decay {@link Moments#EXACT}, or in (0, 1)
     */
    public Standardizer(boolean numericStandardized, boolean[] imputed, int unscaled, boolean[] dense, double decay) {
        numeric = imputed.length;
        this.numericStandardized = numericStandardized;
        this.decay = decay;
        this.unscaled = unscaled;
        mean = new int[numeric];
        count = new int[numeric];
        int numbers = 0;
        for (int i = 0; i < numeric; i++) {
            mean[i] = numericStandardized || imputed[i] ? 1 + 2 * numbers++ : NONE;
        }
        denseMean = 1 + 2 * numbers;
        int standardizedDense = 0;
        for (boolean standardized : dense) {
            standardizedDense += standardized ? 1 : 0;
        }
        this.dense = standardizedDense > 0 ? dense.clone() : null;
        size = numbers + standardizedDense;
        int end = 1 + 2 * size;
        for (int i = 0; i < numeric; i++) {
            count[i] = imputed[i] ? end++ : 0;
        }
        length = end;
    }

    /** Returns the moments before any sample. */
    public double[] start() {
        return Arrays.copyOf(Moments.start(size), length);
    }

    private double deviationAt(double[] moments, int place, double n) {
        return Moments.deviation(moments, place, n, decay);
    }

    /** Returns the n of numeric feature {@code i}. */
    private double seen(double[] moments, int i) {
        return count[i] > 0 ? moments[count[i]] : moments[0] - missed(moments, mean[i]);
    }

    /** Returns whether moments of this length are of these numbers: without or with an n for those that were added. */
    public boolean hasMoments(int count) {
        return count == length || count == length + size;
    }

    /** Returns the n before the number whose mean is at {@code place} was added. */
    private double missed(double[] moments, int place) {
        return moments.length == length ? 0 : moments[length + (place - 1) / 2];
    }

    /** Returns the count of numbers that have moments. */
    public int size() {
        return size;
    }

    /** Returns the length of the moments. */
    public int length() {
        return length;
    }

    /**
     * Returns the standard deviation that the next sample's number is divided by, apart from its own contribution; 1 for a
     * number that is not standardized.
     *
     * @param number index among the numbers: numeric, unscaled, dense
     */
    public double deviation(double[] moments, int number) {
        if (number < numeric) {
            return numericStandardized ? deviationAt(moments, mean[number], seen(moments, number)) : 1;
        }
        int index = number - numeric - unscaled;
        if (dense == null || index < 0 || !dense[index]) {
            return 1;
        }
        int place = denseMean;
        for (int i = 0; i < index; i++) {
            place += dense[i] ? 2 : 0;
        }
        return deviationAt(moments, place, moments[0] - missed(moments, place));
    }

    /** Returns the running mean of numeric feature {@code i}; NaN if it has none. */
    public double mean(double[] moments, int i) {
        return mean[i] == NONE ? Double.NaN : moments[mean[i]];
    }

    /** Writes the numbers of a sample, numeric then dense, to {@code to[at...]}; changes no moments. */
    public void write(double[] moments, Sample sample, float[] to, int at) {
        float[] vector = sample.dense();
        System.arraycopy(vector, 0, to, at + numeric + unscaled, vector.length);
        int steps = dense == null ? 0 : vector.length / dense.length;
        write(moments, sample.numeric(), 0, to, at, steps, sample.stage() == Stage.CHANGED);
    }

    /**
     * Writes numeric features and unscaled numbers to {@code to[at...]}, and standardizes the dense numbers after them in place;
     * changes no moments.
     *
     * @param x contains the numeric features from {@code from}, NaN for a missing one, and then the unscaled numbers
     * @param steps count of steps to standardize
     */
    public void write(double[] moments, double[] x, int from, float[] to, int at, int steps) {
        write(moments, x, from, to, at, steps, false);
    }

    /** @param kept whether the moments include the sample */
    private void write(double[] moments, double[] x, int from, float[] to, int at, int steps, boolean kept) {
        for (int i = 0; i < numeric; i++) {
            to[at + i] = input(moments, i, x[from + i], kept);
        }
        int end = numeric + unscaled;
        for (int i = numeric; i < end; i++) {
            to[at + i] = (float) x[from + i];
        }
        if (dense != null) {
            int place = denseMean;
            for (int i = 0; i < dense.length; i++) {
                if (dense[i]) {
                    double seen = moments[0] - missed(moments, place);
                    if (kept) {
                        int one = at + end + i;
                        to[one] = Moments.standardizeKept(moments, place, seen, to[one], decay);
                    } else {
                        Moments.standardize(moments, place, seen, decay, to, at + end + i, dense.length, steps);
                    }
                    place += 2;
                }
            }
        }
    }

    /** Returns the input for numeric feature {@code i}, which is missing if {@code x} is NaN. */
    private float input(double[] moments, int i, double x, boolean kept) {
        if (Double.isNaN(x)) {
            return numericStandardized ? 0 : (float) moments[mean[i]];
        }
        if (!numericStandardized) {
            return (float) x;
        }
        double seen = seen(moments, i);
        return kept
                ? Moments.standardizeKept(moments, mean[i], seen, x, decay)
                : Moments.standardize(moments, mean[i], seen + 1, x, decay);
    }

    /** Updates the moments with the numbers of a sample, unless its weight is 0. */
    public void keep(double[] moments, Sample sample) {
        double weight = sample.weight();
        if (weight == 0) {
            return;
        }
        double n = moments[0];
        double[] numbers = sample.numeric();
        for (int i = 0; i < numeric; i++) {
            if (mean[i] != NONE && !Double.isNaN(numbers[i])) {
                Moments.keep(moments, mean[i], seen(moments, i) + weight, numbers[i], weight, decay);
                if (count[i] > 0) {
                    moments[count[i]] += weight;
                }
            }
        }
        int steps = dense == null ? 1 : sample.dense().length / dense.length;
        moments[0] += steps * weight;
        if (dense != null) {
            int place = denseMean;
            float[] vector = sample.dense();
            for (int i = 0; i < dense.length; i++) {
                if (dense[i]) {
                    double seen = n - missed(moments, place);
                    for (int step = 0; step < steps; step++) {
                        double after = seen + (step + 1) * weight;
                        Moments.keep(moments, place, after, vector[step * dense.length + i], weight, decay);
                    }
                    place += 2;
                }
            }
        }
    }

    /** Returns the moments of two sets of samples, neither before the other. */
    public double[] pooled(double[] moments, double[] others) {
        return combined(moments, others, Moments.EXACT);
    }

    /**
     * Returns the moments after samples that were received later. If they are exponentially weighted, those before count
     * decay^n less after n later samples; all later samples count as received together.
     *
     * @param later moments of the later samples alone
     */
    public double[] followed(double[] moments, double[] later) {
        return combined(moments, later, decay);
    }

    /** @param forgetting decay of the weight of the values before, for each of the others */
    private double[] combined(double[] moments, double[] others, double forgetting) {
        double[] result = moments.clone();
        for (int i = 0; i < numeric; i++) {
            if (mean[i] != NONE) {
                combine(result, mean[i], seen(moments, i), others, seen(others, i), forgetting);
            }
        }
        for (int place = denseMean; place < 1 + 2 * size; place += 2) {
            double n = moments[0] - missed(moments, place);
            combine(result, place, n, others, others[0] - missed(others, place), forgetting);
        }
        result[0] += others[0];
        for (int i = 1 + 2 * size; i < length; i++) {
            result[i] += others[i];
        }
        return result;
    }

    private void combine(double[] result, int place, double n, double[] others, double added, double forgetting) {
        if (added > 0) {
            double share = n / (n + added);
            double kept = forgetting == Moments.EXACT ? share : Math.min(share, pow(forgetting, added));
            Moments.combine(result, place, kept, others, added, decay);
        }
    }
}
