package io.freshet.learning.evaluation;

import io.freshet.learning.loss.Task;
import org.jspecify.annotations.Nullable;

/**
 * The weight of the samples of each class, by the class that was predicted.
 *
 * <pre>
 *   n_cd = sum of w y_c [d is predicted]        y_c: share of class c in the label
 * </pre>
 *
 * Its size is the square of the number of classes, so it is not part of a {@link Tally}: a model may have a million keys. Pinned
 * by {@code ClassMetricsTest}.
 */
public final class ConfusionMatrix {
    /** More classes are not counted. */
    public static final int MOST_CLASSES = 100;

    private final Task task;
    private final double[][] weights;

    private ConfusionMatrix(Task task, int classes) {
        this.task = task;
        weights = new double[classes][classes];
    }

    /** Returns an empty matrix; null if the task has no classes, several binary outputs, or too many classes. */
    public static @Nullable ConfusionMatrix of(Task task, int outputs) {
        if (task.isBinary()) {
            return outputs == 1 ? new ConfusionMatrix(task, 2) : null;
        }
        return task.hasClasses() && outputs <= MOST_CLASSES ? new ConfusionMatrix(task, outputs) : null;
    }

    /** Adds a sample, with the arguments of {@link Tally#add(double, double, PredictedSamples, int, int, int)}. */
    public void add(double weight, PredictedSamples samples, int at, int labelAt, int labelLength) {
        int outputs = samples.outputs();
        float[] labels = samples.labels();
        if (task.isBinary()) {
            int predicted = samples.logits()[at] >= 0 ? 1 : 0;
            weights[0][predicted] += weight * (1 - labels[labelAt]);
            weights[1][predicted] += weight * labels[labelAt];
        } else if (task == Task.MULTICLASS && labelLength == outputs) {
            int predicted = Likeliest.of(samples.predictions(), at, outputs);
            for (int c = 0; c < outputs; c++) {
                weights[c][predicted] += weight * labels[labelAt + c];
            }
        } else {
            for (int step = 0; step < labelLength; step++) {
                int predicted = Likeliest.of(samples.predictions(), at + step * outputs, outputs);
                weights[(int) labels[labelAt + step]][predicted] += weight / labelLength;
            }
        }
    }

    /** Returns a row for each class of a label, and in it a column for each predicted class. */
    public double[][] weights() {
        return weights;
    }
}
