package io.freshet.learning.evaluation;

import static io.freshet.learning.math.Probability.entropyTerm;
import static io.freshet.learning.math.Transcendental.log;

import io.freshet.learning.loss.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Sums over predictions of one of C classes. The baseline loss is the entropy of the labels.
 *
 * <pre>
 *   weight_c    = sum of w y_c
 *   predicted_c = sum of w [c is predicted]
 *   correct_c   = sum of w y_c [c is predicted]
 *   loss_c      = sum of w y_c L
 *   hits        = sum of w [the class is one of the k that are predicted to be likeliest]
 * </pre>
 *
 * y_c is the share of class c in the label: 1 or 0 unless the label is a distribution.
 */
final class ClassTally extends Tally {
    /** The last four in this order, 3 C + 1 numbers. */
    private final double[] sums;

    /** @param weights of the classes, length C */
    ClassTally(Task task, double[] weights) {
        super(task, weights);
        sums = new double[3 * weights.length + 1];
    }

    @Override
    void addSample(double loss, double weight, PredictedSamples samples, int at, int labelAt, int labelLength) {
        if (task() == Task.MULTICLASS && labelLength == samples.outputs()) {
            addDistribution(loss, weight, samples, at, labelAt);
        } else {
            addSteps(loss, weight, samples, at, labelAt, task() == Task.SEQUENCE ? labelLength : 1);
        }
    }

    private void addSteps(double loss, double weight, PredictedSamples samples, int at, int labelAt, int steps) {
        int outputs = samples.outputs();
        double share = weight / steps;
        int right = 0;
        for (int step = 0; step < steps; step++) {
            int from = at + step * outputs;
            int target = (int) samples.labels()[labelAt + step];
            int predicted = Likeliest.of(samples.predictions(), from, outputs);
            right += predicted == target ? 1 : 0;
            double ofStep = task() == Task.SEQUENCE ? stepLoss(samples, from, target, predicted) : loss;
            addClass(target, share, share * ofStep);
            addPrediction(predicted, share, predicted == target ? 1 : 0);
            addHit(target, share, samples, from);
        }
        correct += weight * right / steps;
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
            correct += weight;
        }
        for (int c = 0; c < outputs; c++) {
            double share = weight * labels[labelAt + c];
            addClass(c, share, share * loss);
        }
        addPrediction(predicted, weight, labels[labelAt + predicted]);
        addHit(target, weight, samples, at);
    }

    private void addClass(int c, double weight, double loss) {
        classes[c] += weight;
        sums[2 * classes.length + c] += loss;
    }

    /** @param share of the class in the label */
    private void addPrediction(int c, double weight, double share) {
        sums[c] += weight;
        sums[classes.length + c] += weight * share;
    }

    /** A sample without top-k accuracy adds NaN, so that a sum with it stays unknown. */
    private void addHit(int target, double weight, PredictedSamples samples, int at) {
        sums[sums.length - 1] += weight * Likeliest.includes(target, samples, at);
    }

    @Override
    void metrics(BiConsumer<Metric, @Nullable Double> values) {
        values.accept(Metric.BASELINE_LOSS, baselineLoss());
        values.accept(Metric.ACCURACY, mean(correct));
        values.accept(Metric.LOG_LOSS, loss());
        List<ClassMetrics> occurring = new ArrayList<>();
        for (int c = 0; c < classes.length; c++) {
            if (classes[c] > 0 || sums[c] > 0) {
                occurring.add(ofClass(c));
            }
        }
        if (!occurring.isEmpty() && !Double.isNaN(sums[0])) {
            values.accept(Metric.PRECISION, average(occurring, ClassMetrics::precision));
            values.accept(Metric.RECALL, average(occurring, ClassMetrics::recall));
            values.accept(Metric.F1, average(occurring, ClassMetrics::f1));
            values.accept(Metric.TOP_K_ACCURACY, ClassMetrics.ratio(sums[sums.length - 1], weight()));
        }
    }

    private static double average(List<ClassMetrics> classes, Function<ClassMetrics, @Nullable Double> metric) {
        double sum = 0;
        for (ClassMetrics each : classes) {
            Double value = metric.apply(each);
            sum += value == null ? 0 : value;
        }
        return sum / classes.size();
    }

    /** Returns null if the weights of the classes are unknown. */
    private @Nullable Double baselineLoss() {
        if (classes.length == 1 && Double.isNaN(classes[0])) {
            return null;
        }
        double entropy = 0;
        for (double ofClass : classes) {
            entropy += entropyTerm(mean(ofClass));
        }
        return entropy;
    }

    private ClassMetrics ofClass(int c) {
        return ClassMetrics.of(classes[c], sums[c], sums[classes.length + c], sums[2 * classes.length + c]);
    }

    @Override
    double[] classWeights() {
        return classes;
    }

    @Override
    public List<ClassMetrics> byClass() {
        return IntStream.range(0, classes.length).mapToObj(this::ofClass).toList();
    }

    @Override
    public double[] classSums() {
        return sums;
    }

    @Override
    void readClassSums(double[] stored) {
        System.arraycopy(stored, 0, sums, 0, sums.length);
    }
}
