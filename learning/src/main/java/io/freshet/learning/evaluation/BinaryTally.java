package io.freshet.learning.evaluation;

import static io.freshet.learning.math.Probability.entropyTerm;

import io.freshet.learning.loss.Task;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Sums over predictions of labels 0 and 1. The sums of a class are those of label 1, since those of label 0 follow from the
 * others; several outputs share them. The baseline loss is
 *
 * <pre>
 *   binary   entropy: -p log p - (1 - p) log(1 - p), mean over the outputs; p: mean label
 *   margin   2 min(p, 1 - p), mean over the outputs: the hinge loss of the better of -1 and 1
 * </pre>
 */
final class BinaryTally extends Tally {
    private final ScoreSketch scores;
    private double predictedWeight;
    private double truePositives;
    private double positiveLoss;

    /** @param labels sum of each output's label; length 0 for a single output */
    BinaryTally(Task task, double[] labels, ScoreSketch scores) {
        super(task, labels);
        this.scores = scores;
    }

    @Override
    void addSample(double loss, double weight, PredictedSamples samples, int at, int labelAt, int labelLength) {
        int outputs = samples.outputs();
        float[] labels = samples.labels();
        float[] logits = samples.logits();
        float[] predictions = samples.predictions();
        double share = weight / outputs;
        for (int k = 0; k < outputs; k++) {
            float ofSample = labels[labelAt + k];
            boolean positive = ofSample >= 0.5f;
            boolean predicted = logits[at + k] >= 0;
            // Correctness is hard to predict, and a mispredicted branch costs more than a product.
            correct += share * (predicted == positive ? 1 : 0);
            addLabel(k, weight * ofSample, share * ofSample);
            prediction += share * predictions[at + k];
            double ofPredicted = share * (predicted ? 1 : 0);
            predictedWeight += ofPredicted;
            truePositives += ofPredicted * ofSample;
            positiveLoss += share * ofSample * loss;
            scores.add(positive, logits[at + k]);
        }
    }

    @Override
    public void add(Tally other) {
        super.add(other);
        scores.addAll(other.scores());
    }

    @Override
    void metrics(BiConsumer<Metric, @Nullable Double> values) {
        ClassMetrics positive = positive();
        values.accept(Metric.BASELINE_LOSS, baselineLoss());
        values.accept(Metric.ACCURACY, mean(correct));
        values.accept(Metric.AUC, scores.auc());
        values.accept(Metric.PR_AUC, scores.prAuc());
        values.accept(Metric.PRECISION, positive.precision());
        values.accept(Metric.RECALL, positive.recall());
        values.accept(Metric.F1, positive.f1());
        if (task() == Task.BINARY) {
            values.accept(Metric.LOG_LOSS, loss());
            values.accept(Metric.CALIBRATION, calibration());
        }
    }

    private double baselineLoss() {
        int outputs = Math.max(1, classes.length);
        double sum = 0;
        for (int k = 0; k < outputs; k++) {
            double positive = labelOf(k);
            if (task() == Task.BINARY) {
                double p = mean(positive);
                sum += entropyTerm(p) + entropyTerm(1 - p);
            } else {
                sum += mean(2 * Math.min(positive, weight() - positive));
            }
        }
        return sum / outputs;
    }

    private ClassMetrics positive() {
        return ClassMetrics.of(
                label, predictedWeight, truePositives, task() == Task.MARGIN ? Double.NaN : positiveLoss);
    }

    @Override
    double[] classWeights() {
        return classes.length > 0 ? NONE : new double[] {weight() - label, label};
    }

    @Override
    public List<ClassMetrics> byClass() {
        if (classes.length > 0) {
            return List.of();
        }
        ClassMetrics negative = ClassMetrics.of(
                weight() - label,
                weight() - predictedWeight,
                Math.max(0, weight() - label - predictedWeight + truePositives),
                task() == Task.MARGIN ? Double.NaN : lossSum() - positiveLoss);
        return List.of(negative, positive());
    }

    /** The last sum, of top-k accuracy, is 0, or unknown with the others. */
    @Override
    public double[] classSums() {
        return new double[] {
            predictedWeight, truePositives, positiveLoss, Double.isNaN(predictedWeight) ? Double.NaN : 0
        };
    }

    @Override
    void readClassSums(double[] sums) {
        predictedWeight = sums[0];
        truePositives = sums[1];
        positiveLoss = sums[2];
    }

    @Override
    public void clear() {
        super.clear();
        scores.clear();
    }

    @Override
    public ScoreSketch scores() {
        return scores;
    }
}
