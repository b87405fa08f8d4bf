package io.freshet.learning.evaluation;

import io.freshet.learning.loss.Task;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Sums over predictions of numbers. The variance of labels is kept as their weighted squared deviation from their mean (West
 * 1979), which does not cancel for labels far from 0. It is also the baseline loss of a regression.
 */
final class NumberTally extends Tally {
    private double absoluteError;
    private double squaredError;
    private double deviation;

    /** @param labels sum of each output's label; length 0 for a single output */
    NumberTally(Task task, double[] labels) {
        super(task, labels);
    }

    @Override
    void addSample(double loss, double weight, PredictedSamples samples, int at, int labelAt, int labelLength) {
        int outputs = samples.outputs();
        float[] labels = samples.labels();
        float[] predictions = samples.predictions();
        double total = weight();
        double after = total + weight;
        double share = weight / outputs;
        for (int k = 0; k < outputs; k++) {
            double ofSample = labels[labelAt + k];
            double predicted = predictions[at + k];
            double error = predicted - ofSample;
            absoluteError += share * Math.abs(error);
            squaredError += share * error * error;
            prediction += share * predicted;
            if (weight > 0) {
                double before = total > 0 ? ofSample - labelOf(k) / total : 0;
                addLabel(k, weight * ofSample, share * ofSample);
                deviation += share * before * (ofSample - labelOf(k) / after);
            }
        }
    }

    @Override
    void addSums(Tally other) {
        deviation += deviationBetween(other);
        super.addSums(other);
    }

    /**
     * Returns the squared deviation between two groups of labels, which their own deviations do not include (Chan et
     * al. 1979).
     */
    private double deviationBetween(Tally other) {
        double a = weight();
        double b = other.weight();
        if (a == 0 || b == 0) {
            return 0;
        }
        int outputs = Math.max(1, classes.length);
        double sum = 0;
        for (int k = 0; k < outputs; k++) {
            double difference = other.labelOf(k) / b - labelOf(k) / a;
            sum += difference * difference;
        }
        return sum / outputs * (a * b / (a + b));
    }

    @Override
    void metrics(BiConsumer<Metric, @Nullable Double> values) {
        double variance = mean(deviation);
        if (task() == Task.REGRESSION) {
            values.accept(Metric.BASELINE_LOSS, variance);
        }
        values.accept(Metric.MAE, mean(absoluteError));
        values.accept(Metric.RMSE, Math.sqrt(mean(squaredError)));
        values.accept(Metric.R2, variance > 0 ? (Double) (1 - mean(squaredError) / variance) : null);
        values.accept(Metric.CALIBRATION, calibration());
    }

    @Override
    void write(double[] sums) {
        super.write(sums);
        sums[ABSOLUTE_ERROR] = absoluteError;
        sums[SQUARED_ERROR] = squaredError;
        sums[LABEL_DEVIATION] = deviation;
    }

    @Override
    void read(double[] sums) {
        super.read(sums);
        absoluteError = sums[ABSOLUTE_ERROR];
        squaredError = sums[SQUARED_ERROR];
        deviation = sums[LABEL_DEVIATION];
    }
}
