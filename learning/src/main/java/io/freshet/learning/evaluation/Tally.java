package io.freshet.learning.evaluation;

import static io.freshet.learning.evaluation.TallySums.ABSOLUTE_ERROR;
import static io.freshet.learning.evaluation.TallySums.CORRECT;
import static io.freshet.learning.evaluation.TallySums.COUNT;
import static io.freshet.learning.evaluation.TallySums.LABEL;
import static io.freshet.learning.evaluation.TallySums.LABEL_DEVIATION;
import static io.freshet.learning.evaluation.TallySums.LOSS;
import static io.freshet.learning.evaluation.TallySums.OVERLAP;
import static io.freshet.learning.evaluation.TallySums.PREDICTION;
import static io.freshet.learning.evaluation.TallySums.SQUARED_ERROR;
import static io.freshet.learning.evaluation.TallySums.WEIGHT;
import static io.freshet.learning.math.Transcendental.log;

import io.freshet.learning.loss.Task;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Sums over predicted samples, of a window or since the start, from which all metrics follow.
 *
 * <p>Sums are weighted by importance, and for a sequence also by its steps; several outputs contribute their mean. AUC
 * and PR-AUC count each sample once, in a {@link ScoreSketch}. The variance of labels is kept as their weighted squared
 * deviation from their mean (West 1979), which does not cancel for labels far from 0. Pinned by {@code TallyTest},
 * {@code TallyOracleTest}, and {@code ClassMetricsTest}.
 */
public final class Tally {
    private static final double[] NO_CLASSES = {};

    private final Task task;
    private final double[] sums;
    private final double[] classes;
    /** See {@link ClassSums}. */
    private final double[] classSums;
    /** Stays empty unless the task is binary. */
    private final ScoreSketch scores;

    /** @param outputs K */
    public Tally(Task task, int outputs) {
        this(task, classes(task, outputs), ClassSums.zero(task, outputs));
    }

    private Tally(Task task, double[] classes, double[] classSums) {
        this.task = task;
        sums = TallySums.zero(task);
        this.classes = classes;
        this.classSums = classSums;
        scores = new ScoreSketch();
    }

    private static double[] classes(Task task, int outputs) {
        return outputs > 1 && task != Task.MASK && task != Task.BOX ? new double[outputs] : NO_CLASSES;
    }

    /** Returns a tally without samples, of the same task and outputs. */
    public Tally empty() {
        return new Tally(
                task,
                classes.length == 0 ? NO_CLASSES : new double[classes.length],
                ClassSums.zero(task, classes.length));
    }

    /**
     * Restores a tally.
     *
     * @param sums as {@link #sums} returns them, or the 8 of version 1
     * @param classes as {@link #classes} returns them
     * @param classSums as {@link #classSums} returns them, or none, as in earlier versions
     * @param scores as {@link #scores} returns them
     */
    public Tally(Task task, double[] sums, double[] classes, double[] classSums, ScoreSketch scores) {
        if (!task.isBinary() && scores.points().size() > 0) {
            throw new IllegalArgumentException(
                    "scores: " + scores.points().size() + " (expected: none for " + task + ")");
        }
        this.task = task;
        this.sums = TallySums.restored(task, sums);
        this.classes = classes;
        this.classSums = ClassSums.restored(task, classes.length, classSums, samples() == 0);
        this.scores = scores;
    }

    private Tally(Tally from, ScoreSketch scores) {
        task = from.task;
        sums = from.sums.clone();
        classes = from.classes.length == 0 ? NO_CLASSES : from.classes.clone();
        classSums = from.classSums.length == 0 ? from.classSums : from.classSums.clone();
        this.scores = scores;
    }

    /**
     * Adds a sample.
     *
     * @param weight its importance; for a sequence, times its steps
     * @param at where its logits and predictions start
     * @param labelAt where its label starts
     * @param labelLength numbers of a label; for a sequence, its steps
     */
    public void add(double loss, double weight, PredictedSamples samples, int at, int labelAt, int labelLength) {
        if (task.isNumber()) {
            addNumbers(weight, samples, at, labelAt);
        } else if (task.isBinary()) {
            addBinary(loss, weight, samples, at, labelAt);
        } else if (task == Task.MULTICLASS && labelLength == samples.outputs()) {
            addDistribution(loss, weight, samples, at, labelAt);
        } else if (task.hasClasses()) {
            addClasses(loss, weight, samples, at, labelAt, task == Task.SEQUENCE ? labelLength : 1);
        } else if (task == Task.MASK) {
            addMask(weight, samples, at, labelAt);
        } else {
            sums[OVERLAP] += weight * Overlap.ofBoxes(samples.predictions(), at, samples.labels(), labelAt);
        }
        sums[COUNT]++;
        sums[WEIGHT] += weight;
        sums[LOSS] += weight * loss;
    }

    private void addNumbers(double weight, PredictedSamples samples, int at, int labelAt) {
        int outputs = samples.outputs();
        float[] labels = samples.labels();
        float[] predictions = samples.predictions();
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
                double before = sums[WEIGHT] > 0 ? label - LabelSums.of(sums, classes, k) / sums[WEIGHT] : 0;
                LabelSums.add(sums, classes, k, weight * label, share * label);
                sums[LABEL_DEVIATION] += share * before * (label - LabelSums.of(sums, classes, k) / after);
            }
        }
    }

    private void addBinary(double loss, double weight, PredictedSamples samples, int at, int labelAt) {
        int outputs = samples.outputs();
        float[] labels = samples.labels();
        float[] logits = samples.logits();
        float[] predictions = samples.predictions();
        double share = weight / outputs;
        for (int k = 0; k < outputs; k++) {
            float label = labels[labelAt + k];
            boolean positive = label >= 0.5f;
            boolean predicted = logits[at + k] >= 0;
            // Correctness is hard to predict, and a mispredicted branch costs more than a product.
            sums[CORRECT] += share * (predicted == positive ? 1 : 0);
            LabelSums.add(sums, classes, k, weight * label, share * label);
            sums[PREDICTION] += share * predictions[at + k];
            ClassSums.addBinary(classSums, share * (predicted ? 1 : 0), share * label, label, loss);
            scores.add(positive, logits[at + k]);
        }
    }

    private void addClasses(double loss, double weight, PredictedSamples samples, int at, int labelAt, int steps) {
        int outputs = samples.outputs();
        double share = weight / steps;
        int correct = 0;
        for (int step = 0; step < steps; step++) {
            int from = at + step * outputs;
            int target = (int) samples.labels()[labelAt + step];
            int predicted = Likeliest.of(samples.predictions(), from, outputs);
            correct += predicted == target ? 1 : 0;
            classes[target] += share;
            ClassSums.predict(classSums, predicted, share, predicted == target ? 1 : 0);
            ClassSums.lose(
                    classSums,
                    target,
                    share * (task == Task.SEQUENCE ? stepLoss(samples, from, target, predicted) : loss));
            ClassSums.hit(classSums, share * Likeliest.includes(target, samples, from));
        }
        sums[CORRECT] += weight * correct / steps;
    }

    /** Returns the cross-entropy of a step: -log p[target], by way of the largest p, which is never 0. */
    private static double stepLoss(PredictedSamples samples, int at, int target, int predicted) {
        float[] logits = samples.logits();
        return (double) logits[at + predicted] - logits[at + target] - log(samples.predictions()[at + predicted]);
    }

    private void addDistribution(double loss, double weight, PredictedSamples samples, int at, int labelAt) {
        int outputs = samples.outputs();
        float[] labels = samples.labels();
        int predicted = Likeliest.of(samples.predictions(), at, outputs);
        int target = Likeliest.of(labels, labelAt, outputs);
        if (predicted == target) {
            sums[CORRECT] += weight;
        }
        ClassSums.predict(classSums, predicted, weight, labels[labelAt + predicted]);
        ClassSums.hit(classSums, weight * Likeliest.includes(target, samples, at));
        for (int k = 0; k < outputs; k++) {
            classes[k] += weight * labels[labelAt + k];
            ClassSums.lose(classSums, k, weight * labels[labelAt + k] * loss);
        }
    }

    private void addMask(double weight, PredictedSamples samples, int at, int labelAt) {
        int outputs = samples.outputs();
        float[] labels = samples.labels();
        float[] predictions = samples.predictions();
        int correct = 0;
        for (int k = 0; k < outputs; k++) {
            correct += predictions[at + k] >= 0.5f == labels[labelAt + k] >= 0.5f ? 1 : 0;
        }
        sums[CORRECT] += weight * correct / outputs;
        sums[OVERLAP] += weight * Overlap.ofMasks(predictions, at, labels, labelAt, outputs);
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
        scores.addAll(other.scores);
    }

    /**
     * Returns the sum of this tally and a later one, without the time that sorting and merging scores takes: its scores
     * are those that were merged before, and only if there are none, those of all samples.
     */
    public Tally plusSums(Tally later) {
        Tally total = new Tally(this, scores.mergedBefore(later.scores));
        total.addSums(later);
        return total;
    }

    private void addSums(Tally other) {
        if (task.isNumber()) {
            sums[LABEL_DEVIATION] += LabelSums.deviationBetween(sums, classes, other.sums, other.classes);
        }
        for (int i = 0; i < sums.length; i++) {
            sums[i] += other.sums[i];
        }
        for (int i = 0; i < classes.length; i++) {
            classes[i] += other.classes[i];
        }
        for (int i = 0; i < classSums.length; i++) {
            classSums[i] += other.classSums[i];
        }
    }

    /** Returns this tally without the sums of its classes: they become one class with unknown sums, and what follows from them null. */
    public Tally withUnknownClasses() {
        return new Tally(task, sums(), new double[] {Double.NaN}, NO_CLASSES, scores);
    }

    /** Returns whether another tally can be added to this one: its task and its number of outputs are the same. */
    public boolean sameShape(Tally other) {
        return task == other.task && classes.length == other.classes.length;
    }

    private String shape() {
        return task + " of " + Math.max(1, classes.length) + " outputs";
    }

    public void clear() {
        Arrays.fill(sums, 0);
        Arrays.fill(classes, 0);
        Arrays.fill(classSums, 0);
        scores.clear();
    }

    /** Returns the total importance of the samples. */
    public double weight() {
        return sums[WEIGHT];
    }

    /** Returns the mean loss by weight; 0 if the total weight is 0. */
    public double loss() {
        return sums[LOSS] / Math.max(sums[WEIGHT], Double.MIN_NORMAL);
    }

    public long samples() {
        return (long) sums[COUNT];
    }

    /** Returns the metrics so far; all zeros before the first sample. */
    public Metrics metrics() {
        Map<Metric, Double> values = new EnumMap<>(Metric.class);
        for (Metric metric : Metric.values()) {
            Double value = metric.appliesTo(task, 1) ? value(metric) : null;
            if (value != null) {
                values.put(metric, value);
            }
        }
        return new Metrics(samples(), values);
    }

    /** Returns the value of a metric that applies to the task; null if it is undefined. */
    private @Nullable Double value(Metric metric) {
        double weight = Math.max(sums[WEIGHT], Double.MIN_NORMAL);
        return switch (metric) {
            case LOSS, LOG_LOSS -> (Double) loss();
            case BASELINE_LOSS -> LabelSums.baselineLoss(task, sums, classes);
            case ACCURACY -> (Double) (sums[CORRECT] / weight);
            case AUC -> scores.auc();
            case PR_AUC -> scores.prAuc();
            case PRECISION -> average(ClassMetrics::precision);
            case RECALL -> average(ClassMetrics::recall);
            case F1 -> average(ClassMetrics::f1);
            case TOP_K_ACCURACY -> ClassSums.topKAccuracy(classSums, sums[WEIGHT]);
            case MAE -> (Double) (sums[ABSOLUTE_ERROR] / weight);
            case RMSE -> (Double) Math.sqrt(sums[SQUARED_ERROR] / weight);
            case R2 -> r2(sums[LABEL_DEVIATION] / weight, sums[SQUARED_ERROR] / weight);
            case IOU -> (Double) (sums[OVERLAP] / weight);
            case CALIBRATION ->
                sums[LABEL] == 0 || Double.isNaN(sums[PREDICTION]) ? null : (Double) (sums[PREDICTION] / sums[LABEL]);
        };
    }

    private @Nullable Double average(Function<ClassMetrics, @Nullable Double> metric) {
        return ClassSums.average(metric, task, sums, classes, classSums);
    }

    private static @Nullable Double r2(double variance, double squaredError) {
        return variance > 0 ? (Double) (1 - squaredError / variance) : null;
    }

    /**
     * Returns the metrics of each class: of label 0 and label 1, or of K classes; empty for another task, and for several
     * binary outputs.
     */
    public List<ClassMetrics> byClass() {
        return ClassSums.metrics(task, sums, classes, classSums);
    }

    public Task task() {
        return task;
    }

    /** Returns a copy of the sums, in the order in which {@link TallySums} stores them. */
    public double[] sums() {
        return TallySums.stored(sums);
    }

    /**
     * Returns the weight of each class, or the sum of each output's label; length K for several outputs, otherwise 0.
     */
    public double[] classes() {
        return classes;
    }

    /** Returns the sums of each class, in the order of {@link ClassSums}. */
    public double[] classSums() {
        return classSums;
    }

    /** Returns the scores themselves; without points unless the task is binary. */
    public ScoreSketch scores() {
        return scores;
    }

    public Tally copy() {
        return new Tally(this, scores.copy());
    }
}
