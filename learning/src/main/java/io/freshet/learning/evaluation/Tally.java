package io.freshet.learning.evaluation;

import static io.freshet.learning.math.Transcendental.log;

import io.freshet.learning.loss.Task;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Sums over predicted samples, from which all metrics follow: of a window, or since the start.
 *
 * <p>Sums are weighted by importance, but for AUC, where each sample counts once. AUC comes from a histogram of logits
 * in {@value #BINS} bins over [-{@value #LOGIT_RANGE}, {@value #LOGIT_RANGE}]; two samples in one bin count as tied, as
 * equal scores do. A bin that is full halves all of them, which AUC, a ratio, does not notice. Adding a sample allocates
 * nothing. Pinned by {@code TallyTest}.
 */
public final class Tally {
    public static final int BINS = 256;
    public static final int LOGIT_RANGE = 12;
    /** count, weight, loss, correct, |error|, error^2, label, label^2. */
    static final int SUMS = 8;

    private final Task task;
    private final double[] sums;
    private final double[] classes;
    private final int[] histogram;

    /** @param outputs K */
    public Tally(Task task, int outputs) {
        this(
                task,
                new double[SUMS],
                new double[task == Task.MULTICLASS ? outputs : 0],
                new int[task == Task.BINARY ? 2 * BINS : 0]);
    }

    /**
     * Returns a tally of sums that another one gave.
     *
     * @param sums length {@value #SUMS}
     * @param classes weight of each label, length K for many classes, otherwise 0
     * @param histogram of logits, negatives then positives, length 2 * {@value #BINS} for two classes, otherwise 0
     */
    public Tally(Task task, double[] sums, double[] classes, int[] histogram) {
        if (sums.length != SUMS) {
            throw new IllegalArgumentException("sums: " + sums.length + " (expected: " + SUMS + ")");
        }
        int bins = task == Task.BINARY ? 2 * BINS : 0;
        if (histogram.length != bins) {
            throw new IllegalArgumentException("histogram: " + histogram.length + " (expected: " + bins + ")");
        }
        if (task != Task.MULTICLASS && classes.length != 0) {
            throw new IllegalArgumentException("classes: " + classes.length + " (expected: 0)");
        }
        this.task = task;
        this.sums = sums;
        this.classes = classes;
        this.histogram = histogram;
    }

    /**
     * Adds a sample.
     *
     * @param loss of it
     * @param label of it
     * @param logits K numbers
     * @param prediction K numbers
     */
    public void add(double loss, float label, float weight, float[] logits, float[] prediction) {
        sums[0]++;
        sums[1] += weight;
        sums[2] += weight * loss;
        sums[6] += weight * (double) label;
        switch (task) {
            case REGRESSION -> {
                double error = (double) prediction[0] - label;
                sums[4] += weight * Math.abs(error);
                sums[5] += weight * error * error;
                sums[7] += weight * (double) label * label;
            }
            case BINARY -> {
                boolean positive = label >= 0.5f;
                if (prediction[0] >= 0.5f == positive) {
                    sums[3] += weight;
                }
                int bin = (positive ? BINS : 0) + bin(logits[0]);
                if (histogram[bin] == Integer.MAX_VALUE) {
                    halve(histogram);
                }
                histogram[bin]++;
            }
            case MULTICLASS -> {
                if (largest(prediction) == (int) label) {
                    sums[3] += weight;
                }
                classes[(int) label] += weight;
            }
        }
    }

    /**
     * Adds all that another tally has seen.
     *
     * @throws IllegalArgumentException if it is of another task or of more or fewer classes
     */
    public void add(Tally other) {
        if (!sameShape(other)) {
            throw new IllegalArgumentException("tally: " + other.shape() + " (expected: " + shape() + ")");
        }
        for (int i = 0; i < SUMS; i++) {
            sums[i] += other.sums[i];
        }
        for (int i = 0; i < classes.length; i++) {
            classes[i] += other.classes[i];
        }
        addHistogram(other.histogram);
    }

    /** Whether another tally can be added to this one: of the same task and as many classes. */
    public boolean sameShape(Tally other) {
        return task == other.task && classes.length == other.classes.length;
    }

    public void clear() {
        Arrays.fill(sums, 0);
        Arrays.fill(classes, 0);
        Arrays.fill(histogram, 0);
    }

    public long samples() {
        return (long) sums[0];
    }

    /** Returns the metrics so far; all zeros before the first sample. */
    public Metrics metrics() {
        double weight = Math.max(sums[1], Double.MIN_NORMAL);
        double loss = sums[2] / weight;
        return switch (task) {
            case REGRESSION ->
                new Metrics(
                        samples(),
                        loss,
                        variance(weight),
                        null,
                        null,
                        null,
                        sums[4] / weight,
                        Math.sqrt(sums[5] / weight));
            case BINARY ->
                new Metrics(
                        samples(),
                        loss,
                        entropyTerm(sums[6] / weight) + entropyTerm(1 - sums[6] / weight),
                        sums[3] / weight,
                        loss,
                        auc(),
                        null,
                        null);
            case MULTICLASS -> new Metrics(samples(), loss, entropy(weight), sums[3] / weight, loss, null, null, null);
        };
    }

    public Task task() {
        return task;
    }

    /** Returns the sums themselves, length {@value #SUMS}. */
    public double[] sums() {
        return sums;
    }

    public double[] classes() {
        return classes;
    }

    public int[] histogram() {
        return histogram;
    }

    public Tally copy() {
        return new Tally(task, sums.clone(), classes.clone(), histogram.clone());
    }

    private String shape() {
        return task + " of " + classes.length + " classes";
    }

    private void addHistogram(int[] other) {
        boolean full = false;
        for (int i = 0; i < histogram.length; i++) {
            full |= (long) histogram[i] + other[i] > Integer.MAX_VALUE;
        }
        if (full) {
            halve(histogram);
        }
        for (int i = 0; i < histogram.length; i++) {
            histogram[i] += full ? other[i] / 2 : other[i];
        }
    }

    private static void halve(int[] histogram) {
        for (int i = 0; i < histogram.length; i++) {
            histogram[i] /= 2;
        }
    }

    private double variance(double weight) {
        double mean = sums[6] / weight;
        return Math.max(0, sums[7] / weight - mean * mean);
    }

    private double entropy(double weight) {
        double entropy = 0;
        for (double of : classes) {
            entropy += entropyTerm(of / weight);
        }
        return entropy;
    }

    private static double entropyTerm(double p) {
        return p > 0 ? -p * log(p) : 0;
    }

    /** The chance that a positive scores above a negative, ties half; null while there is none of one kind. */
    private @Nullable Double auc() {
        double below = 0;
        double positives = 0;
        double wins = 0;
        for (int i = 0; i < BINS; i++) {
            double negative = histogram[i];
            double positive = histogram[BINS + i];
            wins += positive * (below + negative / 2);
            below += negative;
            positives += positive;
        }
        return below == 0 || positives == 0 ? null : wins / (below * positives);
    }

    private static int bin(float logit) {
        int bin = (int) ((logit + LOGIT_RANGE) * (BINS / (2f * LOGIT_RANGE)));
        return Math.max(0, Math.min(BINS - 1, bin));
    }

    private static int largest(float[] prediction) {
        int best = 0;
        for (int j = 1; j < prediction.length; j++) {
            if (prediction[j] > prediction[best]) {
                best = j;
            }
        }
        return best;
    }
}
