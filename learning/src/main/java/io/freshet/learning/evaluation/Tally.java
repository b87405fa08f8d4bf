package io.freshet.learning.evaluation;

import static io.freshet.learning.math.Transcendental.log;

import io.freshet.learning.loss.Task;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Sums over predicted samples, from which all metrics follow: of a window, or since the start.
 *
 * <p>Sums are weighted by importance, and of a sequence by its steps; what several outputs have is their mean. AUC counts
 * each sample once: it comes from {@link LogitHistogram}. The variance of labels is kept as their weighted squared
 * deviation from their mean (West 1979), which does not cancel for labels far from 0. Adding a sample allocates nothing.
 * Pinned by {@code TallyTest}.
 */
public final class Tally {
    /** Length of the histogram of logits, where there is one. */
    public static final int HISTOGRAM = LogitHistogram.LENGTH;

    private static final int COUNT = 0;
    private static final int WEIGHT = 1;
    private static final int LOSS = 2;
    private static final int CORRECT = 3;
    private static final int ABSOLUTE_ERROR = 4;
    private static final int SQUARED_ERROR = 5;
    private static final int LABEL = 6;
    private static final int SQUARED_LABEL = 7;
    private static final int PREDICTION = 8;
    private static final int LABEL_DEVIATION = 9;
    private static final int OVERLAP = 10;
    static final int SUMS = 11;
    /** Of version 1: count, weight, loss, correct, |error|, error^2, label, label^2. */
    private static final int OLD_SUMS = 8;

    private static final double[] NO_CLASSES = {};

    private final Task task;
    private final double[] sums;
    private final double[] classes;
    /** Stays empty where there are not two classes. */
    private final LogitHistogram histogram;

    /** @param outputs K */
    public Tally(Task task, int outputs) {
        this(
                task,
                new double[SUMS],
                outputs > 1 && task != Task.MASK && task != Task.BOX ? new double[outputs] : NO_CLASSES,
                new LogitHistogram());
    }

    /**
     * Returns a tally of sums that another one gave.
     *
     * @param sums length {@value #SUMS}, or 8 as version 1 had them
     * @param classes weight of each label, or sum of each output's label; length K for several outputs, otherwise 0
     * @param histogram as {@link LogitHistogram} has it for two classes, otherwise of length 0
     */
    public Tally(Task task, double[] sums, double[] classes, int[] histogram) {
        this(task, sums, classes, histogram(task, histogram));
    }

    private Tally(Task task, double[] sums, double[] classes, LogitHistogram histogram) {
        if (sums.length != SUMS && sums.length != OLD_SUMS) {
            throw new IllegalArgumentException("sums: " + sums.length + " (expected: " + SUMS + ")");
        }
        this.task = task;
        this.sums = sums.length == SUMS ? sums : upgraded(sums);
        this.classes = classes;
        this.histogram = histogram;
    }

    private static LogitHistogram histogram(Task task, int[] counts) {
        int bins = task.isBinary() ? LogitHistogram.LENGTH : 0;
        if (counts.length != bins) {
            throw new IllegalArgumentException("histogram: " + counts.length + " (expected: " + bins + ")");
        }
        return bins == 0 ? new LogitHistogram() : LogitHistogram.of(counts);
    }

    private static double[] upgraded(double[] old) {
        double[] sums = Arrays.copyOf(old, SUMS);
        sums[LABEL_DEVIATION] =
                old[WEIGHT] > 0 ? Math.max(0, old[SQUARED_LABEL] - old[LABEL] * old[LABEL] / old[WEIGHT]) : 0;
        // Not summed then: what would be added from now on says nothing of the whole.
        sums[PREDICTION] = old[COUNT] > 0 ? Double.NaN : 0;
        return sums;
    }

    /**
     * Adds a sample.
     *
     * @param loss of it
     * @param weight its importance; of a sequence, times its steps
     * @param outputs K
     * @param labels its label starts at {@code labelAt}
     * @param labelLength numbers of a label; of a sequence, the steps that count
     * @param logits from {@code at}
     * @param predictions from {@code at}
     */
    public void add(
            double loss,
            double weight,
            int outputs,
            float[] labels,
            int labelAt,
            int labelLength,
            float[] logits,
            float[] predictions,
            int at) {
        if (task.isNumber()) {
            addNumbers(weight, outputs, labels, labelAt, predictions, at);
        } else if (task.isBinary()) {
            addBinary(weight, outputs, labels, labelAt, logits, predictions, at);
        } else if (task == Task.MULTICLASS && labelLength == outputs) {
            addDistribution(weight, outputs, labels, labelAt, predictions, at);
        } else if (task.hasClasses()) {
            addClasses(weight, outputs, labels, labelAt, labelLength, predictions, at);
        } else if (task == Task.MASK) {
            addMask(weight, outputs, labels, labelAt, predictions, at);
        } else {
            sums[OVERLAP] += weight * Overlap.ofBoxes(predictions, at, labels, labelAt);
        }
        sums[COUNT]++;
        sums[WEIGHT] += weight;
        sums[LOSS] += weight * loss;
    }

    private void addNumbers(double weight, int outputs, float[] labels, int labelAt, float[] predictions, int at) {
        double after = sums[WEIGHT] + weight;
        double share = weight / outputs;
        for (int k = 0; k < outputs; k++) {
            double label = labels[labelAt + k];
            double prediction = predictions[at + k];
            double error = prediction - label;
            sums[ABSOLUTE_ERROR] += share * Math.abs(error);
            sums[SQUARED_ERROR] += share * error * error;
            sums[PREDICTION] += share * prediction;
            if (weight > 0) {
                double before = sums[WEIGHT] > 0 ? label - labelSum(k) / sums[WEIGHT] : 0;
                addLabel(k, weight * label, share * label);
                sums[LABEL_DEVIATION] += share * before * (label - labelSum(k) / after);
            }
        }
    }

    private double labelSum(int k) {
        return classes.length == 0 ? sums[LABEL] : classes[k];
    }

    private void addLabel(int k, double weighted, double shared) {
        if (classes.length > 0) {
            classes[k] += weighted;
        }
        sums[LABEL] += shared;
    }

    private void addBinary(
            double weight, int outputs, float[] labels, int labelAt, float[] logits, float[] predictions, int at) {
        double share = weight / outputs;
        for (int k = 0; k < outputs; k++) {
            float label = labels[labelAt + k];
            boolean positive = label >= 0.5f;
            // Whether it is right is as good as random, and a branch on it costs more than a product.
            sums[CORRECT] += share * (logits[at + k] >= 0 == positive ? 1 : 0);
            addLabel(k, weight * label, share * label);
            sums[PREDICTION] += share * predictions[at + k];
            histogram.add(positive, logits[at + k]);
        }
    }

    private void addClasses(
            double weight, int outputs, float[] labels, int labelAt, int labelLength, float[] predictions, int at) {
        int steps = task == Task.SEQUENCE ? labelLength : 1;
        int right = 0;
        for (int step = 0; step < steps; step++) {
            int target = (int) labels[labelAt + step];
            right += largest(predictions, at + step * outputs, outputs) == target ? 1 : 0;
            classes[target] += weight / steps;
        }
        sums[CORRECT] += weight * right / steps;
    }

    private void addDistribution(double weight, int outputs, float[] labels, int labelAt, float[] predictions, int at) {
        if (largest(predictions, at, outputs) == largest(labels, labelAt, outputs)) {
            sums[CORRECT] += weight;
        }
        for (int k = 0; k < outputs; k++) {
            classes[k] += weight * labels[labelAt + k];
        }
    }

    private void addMask(double weight, int outputs, float[] labels, int labelAt, float[] predictions, int at) {
        int right = 0;
        for (int k = 0; k < outputs; k++) {
            right += predictions[at + k] >= 0.5f == labels[labelAt + k] >= 0.5f ? 1 : 0;
        }
        sums[CORRECT] += weight * right / outputs;
        sums[OVERLAP] += weight * Overlap.ofMasks(predictions, at, labels, labelAt, outputs);
    }

    /**
     * Adds all that another tally has seen.
     *
     * @throws IllegalArgumentException if it is of another task or of more or fewer outputs
     */
    public void add(Tally other) {
        if (!sameShape(other)) {
            throw new IllegalArgumentException("tally: " + other.shape() + " (expected: " + shape() + ")");
        }
        sums[LABEL_DEVIATION] += deviationBetween(other);
        for (int i = 0; i < SUMS; i++) {
            sums[i] += other.sums[i];
        }
        for (int i = 0; i < classes.length; i++) {
            classes[i] += other.classes[i];
        }
        histogram.addAll(other.histogram);
    }

    /** Returns what two groups of labels deviate beside what each deviates in itself (Chan et al. 1979). */
    private double deviationBetween(Tally other) {
        double a = sums[WEIGHT];
        double b = other.sums[WEIGHT];
        if (!task.isNumber() || a == 0 || b == 0) {
            return 0;
        }
        int outputs = Math.max(1, classes.length);
        double sum = 0;
        for (int k = 0; k < outputs; k++) {
            double difference = other.labelSum(k) / b - labelSum(k) / a;
            sum += difference * difference;
        }
        return sum / outputs * (a * b / (a + b));
    }

    /** Whether another tally can be added to this one: of the same task and as many outputs. */
    public boolean sameShape(Tally other) {
        return task == other.task && classes.length == other.classes.length;
    }

    public void clear() {
        Arrays.fill(sums, 0);
        Arrays.fill(classes, 0);
        histogram.clear();
    }

    /** Returns the importance of all samples together. */
    public double weight() {
        return sums[WEIGHT];
    }

    /** Returns the mean loss by weight; 0 where there is no weight. */
    public double loss() {
        return sums[LOSS] / Math.max(sums[WEIGHT], Double.MIN_NORMAL);
    }

    public long samples() {
        return (long) sums[COUNT];
    }

    /** Returns the metrics so far; all zeros before the first sample. */
    public Metrics metrics() {
        double weight = Math.max(sums[WEIGHT], Double.MIN_NORMAL);
        double loss = loss();
        boolean number = task.isNumber();
        double variance = sums[LABEL_DEVIATION] / weight;
        double squaredError = sums[SQUARED_ERROR] / weight;
        boolean calibrated = (number || task == Task.BINARY) && sums[LABEL] != 0 && !Double.isNaN(sums[PREDICTION]);
        return new Metrics(
                samples(),
                loss,
                baselineLoss(weight),
                number || task == Task.BOX ? null : (Double) (sums[CORRECT] / weight),
                task == Task.BINARY || task.hasClasses() ? loss : null,
                task.isBinary() ? histogram.auc() : null,
                number ? sums[ABSOLUTE_ERROR] / weight : null,
                number ? Math.sqrt(squaredError) : null,
                number && variance > 0 ? 1 - squaredError / variance : null,
                calibrated ? sums[PREDICTION] / sums[LABEL] : null,
                task == Task.MASK || task == Task.BOX ? sums[OVERLAP] / weight : null);
    }

    private @Nullable Double baselineLoss(double weight) {
        return switch (task) {
            case REGRESSION -> sums[LABEL_DEVIATION] / weight;
            case BINARY -> binaryEntropy(weight);
            case MARGIN -> rarerShare(weight);
            case MULTICLASS, SEQUENCE -> entropy(weight);
            case NUMBER, MASK, BOX -> null;
        };
    }

    private double binaryEntropy(double weight) {
        int outputs = Math.max(1, classes.length);
        double sum = 0;
        for (int k = 0; k < outputs; k++) {
            double p = labelSum(k) / weight;
            sum += entropyTerm(p) + entropyTerm(1 - p);
        }
        return sum / outputs;
    }

    /** Returns the hinge loss of the better of -1 and 1: 2 for each label on the other side. */
    private double rarerShare(double weight) {
        int outputs = Math.max(1, classes.length);
        double sum = 0;
        for (int k = 0; k < outputs; k++) {
            double positive = labelSum(k);
            sum += 2 * Math.min(positive, sums[WEIGHT] - positive) / weight;
        }
        return sum / outputs;
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

    /** Returns how many samples of each label had which logits, in an array of its own; of length 0 for no two classes. */
    public int[] histogram() {
        return task.isBinary() ? histogram.toArray() : new int[0];
    }

    public Tally copy() {
        return new Tally(task, sums.clone(), classes.clone(), histogram.copy());
    }

    private String shape() {
        return task + " of " + Math.max(1, classes.length) + " outputs";
    }

    private static int largest(float[] numbers, int at, int count) {
        int best = 0;
        for (int j = 1; j < count; j++) {
            if (numbers[at + j] > numbers[at + best]) {
                best = j;
            }
        }
        return best;
    }
}
