package io.freshet.learning.evaluation;

import io.freshet.learning.loss.Task;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Sums over predicted samples, of a window or since the start, from which all metrics follow. Each kind of task has a subclass
 * with the sums that only it needs.
 *
 * <p>Sums are weighted by importance, and for a sequence also by its steps; several outputs contribute their mean. AUC
 * and PR-AUC count each sample once, in a {@link ScoreSketch}. Pinned by {@code TallyTest}, {@code TallyOracleTest}, and
 * {@code ClassMetricsTest}.
 */
public abstract sealed class Tally permits NumberTally, BinaryTally, ClassTally, OverlapTally {
    static final double[] NONE = {};

    // The order of the sums in checkpoints and on the metrics topic, which have all of them for every task.
    private static final int COUNT = 0;
    private static final int WEIGHT = 1;
    private static final int LOSS = 2;
    private static final int CORRECT = 3;
    static final int ABSOLUTE_ERROR = 4;
    static final int SQUARED_ERROR = 5;
    private static final int LABEL = 6;
    private static final int PREDICTION = 7;
    static final int LABEL_DEVIATION = 8;
    static final int OVERLAP = 9;
    private static final int SUMS = 10;

    private final Task task;
    private double count;
    private double weight;
    private double loss;
    double correct;
    double label;
    double prediction;
    /** The weight of each class, or the sum of each output's label; length K for several outputs, otherwise 0. */
    final double[] classes;

    Tally(Task task, double[] classes) {
        this.task = task;
        this.classes = classes;
    }

    /** @param outputs K */
    public static Tally of(Task task, int outputs) {
        boolean single = outputs == 1 || task == Task.MASK || task == Task.BOX;
        return of(task, single ? NONE : new double[outputs], new ScoreSketch());
    }

    private static Tally of(Task task, double[] classes, ScoreSketch scores) {
        return switch (task) {
            case REGRESSION, NUMBER -> new NumberTally(task, classes);
            case BINARY, MARGIN -> new BinaryTally(task, classes, scores);
            case MULTICLASS, SEQUENCE -> new ClassTally(task, classes);
            case MASK, BOX -> new OverlapTally(task, classes);
        };
    }

    /**
     * Restores a tally.
     *
     * @param sums as {@link #sums} returns them
     * @param classes as {@link #classes} returns them; not used afterward
     * @param classSums as {@link #classSums} returns them, or none: then they are unknown, NaN, unless there are no samples
     * @param scores as {@link #scores} returns them; not used afterward
     */
    public static Tally restored(Task task, double[] sums, double[] classes, double[] classSums, ScoreSketch scores) {
        if (sums.length != SUMS) {
            throw new IllegalArgumentException("sums: " + sums.length + " (expected: " + SUMS + ")");
        }
        if (!task.isBinary() && scores.points().size() > 0) {
            throw new IllegalArgumentException(
                    "scores: " + scores.points().size() + " (expected: none for " + task + ")");
        }
        Tally tally = of(task, classes, scores);
        tally.read(sums);
        double[] ofClasses = tally.classSums();
        if (classSums.length > 0 && classSums.length != ofClasses.length) {
            throw new IllegalArgumentException(
                    "class sums: " + classSums.length + " (expected: " + ofClasses.length + ")");
        }
        if (classSums.length == 0 && tally.samples() != 0) {
            Arrays.fill(ofClasses, Double.NaN);
        }
        tally.readClassSums(classSums.length == 0 ? ofClasses : classSums);
        return tally;
    }

    /** Returns a tally without samples, of the same task and outputs. */
    public Tally empty() {
        return of(task, classes.length == 0 ? NONE : new double[classes.length], new ScoreSketch());
    }

    /**
     * Adds a sample.
     *
     * @param weight its importance; for a sequence, times its steps
     * @param at where its logits and predictions start
     * @param labelAt where its label starts
     * @param labelLength numbers of a label; for a sequence, its steps
     */
    public final void add(double loss, double weight, PredictedSamples samples, int at, int labelAt, int labelLength) {
        addSample(loss, weight, samples, at, labelAt, labelLength);
        count++;
        this.weight += weight;
        this.loss += weight * loss;
    }

    /** Adds a sample to all sums but its weight and loss. */
    abstract void addSample(double loss, double weight, PredictedSamples samples, int at, int labelAt, int labelLength);

    /**
     * @param weighted label of output k times weight
     * @param shared label times weight, divided by the number of outputs
     */
    final void addLabel(int k, double weighted, double shared) {
        if (classes.length > 0) {
            classes[k] += weighted;
        }
        label += shared;
    }

    /** Returns the sum of the labels of output k. */
    final double labelOf(int k) {
        return classes.length == 0 ? label : classes[k];
    }

    /**
     * Adds the samples of another tally.
     *
     * @throws IllegalArgumentException if its task or its number of outputs differs
     */
    public void add(Tally other) {
        if (!sameShape(other)) {
            throw new IllegalArgumentException("tally: " + other.shape() + " (expected: " + shape() + ")");
        }
        addSums(other);
    }

    /**
     * Returns the sum of this tally and a later one, without the time that sorting and merging scores takes: its scores
     * are those that were merged before, and only if there are none, those of all samples.
     */
    public Tally plusSums(Tally later) {
        Tally total = copy(scores().mergedBefore(later.scores()));
        total.addSums(later);
        return total;
    }

    /** Adds all but the scores of another tally, of the same shape. */
    void addSums(Tally other) {
        read(added(sums(), other.sums()));
        readClassSums(added(classSums(), other.classSums()));
        added(classes, other.classes);
    }

    private static double[] added(double[] sums, double[] others) {
        for (int i = 0; i < sums.length; i++) {
            sums[i] += others[i];
        }
        return sums;
    }

    /** Returns this tally without the sums of its classes: they become one class with unknown sums, and what follows from them null. */
    public Tally withUnknownClasses() {
        return restored(task, sums(), new double[] {Double.NaN}, NONE, scores());
    }

    /** Returns whether another tally can be added to this one: its task and its number of outputs are the same. */
    public boolean sameShape(Tally other) {
        return task == other.task && classes.length == other.classes.length;
    }

    private String shape() {
        return task + " of " + Math.max(1, classes.length) + " outputs";
    }

    public void clear() {
        read(new double[SUMS]);
        readClassSums(new double[classSums().length]);
        Arrays.fill(classes, 0);
    }

    /** Returns the total importance of the samples. */
    public double weight() {
        return weight;
    }

    /** Returns the mean loss by weight; 0 if the total weight is 0. */
    public double loss() {
        return mean(loss);
    }

    /** Returns the sum of the losses, by weight. */
    public double lossSum() {
        return loss;
    }

    /** Returns a sum divided by the weight; 0 for both 0. */
    final double mean(double sum) {
        return sum / Math.max(weight, Double.MIN_NORMAL);
    }

    public long samples() {
        return (long) count;
    }

    /** Returns the metrics so far; all zeros before the first sample. */
    public Metrics metrics() {
        Map<Metric, Double> values = new EnumMap<>(Metric.class);
        values.put(Metric.LOSS, loss());
        metrics((metric, value) -> {
            if (value != null) {
                values.put(metric, value);
            }
        });
        return new Metrics(samples(), values);
    }

    /** Passes on the metrics of the task besides the loss; null if they are undefined. */
    abstract void metrics(BiConsumer<Metric, @Nullable Double> values);

    final @Nullable Double calibration() {
        return label == 0 || Double.isNaN(prediction) ? null : (Double) (prediction / label);
    }

    /**
     * Returns the metrics of each class: of label 0 and label 1, or of K classes; empty for another task, and for several
     * binary outputs.
     */
    public List<ClassMetrics> byClass() {
        return List.of();
    }

    /**
     * Returns the weight of the samples of each class: of label 0 and label 1, or of K classes, NaN if unknown; empty for another
     * task, and for several binary outputs.
     */
    double[] classWeights() {
        return NONE;
    }

    public final Task task() {
        return task;
    }

    /** Returns the sums as numbers, in the order of checkpoints. */
    public final double[] sums() {
        double[] sums = new double[SUMS];
        write(sums);
        return sums;
    }

    void write(double[] sums) {
        sums[COUNT] = count;
        sums[WEIGHT] = weight;
        sums[LOSS] = loss;
        sums[CORRECT] = correct;
        sums[LABEL] = label;
        sums[PREDICTION] = prediction;
    }

    void read(double[] sums) {
        count = sums[COUNT];
        weight = sums[WEIGHT];
        loss = sums[LOSS];
        correct = sums[CORRECT];
        label = sums[LABEL];
        prediction = sums[PREDICTION];
    }

    /** Returns the weight of each class, or the sum of each output's label; length K for several outputs, otherwise 0. */
    public final double[] classes() {
        return classes;
    }

    /** Returns the sums of each class, in the order of {@link ClassTally}; none for a task without classes. */
    public double[] classSums() {
        return NONE;
    }

    void readClassSums(double[] sums) {}

    /** Returns the scores themselves; without points unless the task is binary. */
    public ScoreSketch scores() {
        return new ScoreSketch();
    }

    public final Tally copy() {
        return copy(scores().copy());
    }

    private Tally copy(ScoreSketch scores) {
        return restored(task, sums(), classes.length == 0 ? NONE : classes.clone(), classSums(), scores);
    }
}
