package io.freshet.learning.evaluation;

import io.freshet.learning.loss.Task;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The sums of a tally for each of C classes, from which precision, recall, F1, and the log loss of a class follow.
 *
 * <pre>
 *   predicted_c = sum of w [c is predicted]
 *   correct_c   = sum of w y_c [c is predicted]
 *   loss_c      = sum of w y_c L
 *   hits        = sum of w [the class is one of the k that are predicted to be likeliest]
 * </pre>
 *
 * y_c is the share of class c in the label: 1 or 0 unless the label is a distribution or a probability. For two classes, only the
 * sums of label 1 are stored, since those of label 0 follow from the others. Several binary outputs share them. Works on an
 * array of 3 C + 1 numbers, and has no state. Pinned by {@code ClassMetricsTest}.
 */
final class ClassSums {
    private static final double[] NONE = {};

    private ClassSums() {}

    /** Returns sums that are all 0; of length 0 if the task has no classes. */
    static double[] zero(Task task, int outputs) {
        return task.hasClasses() || task.isBinary() ? new double[3 * (task.hasClasses() ? outputs : 1) + 1] : NONE;
    }

    /**
     * Returns restored sums. An array of length 0 comes from a version without these sums: then they are unknown, NaN, unless
     * the tally is empty.
     */
    static double[] restored(Task task, int outputs, double[] stored, boolean empty) {
        double[] sums = zero(task, outputs);
        if (stored.length == sums.length) {
            return stored;
        }
        if (stored.length > 0) {
            throw new IllegalArgumentException("class sums: " + stored.length + " (expected: " + sums.length + ")");
        }
        if (!empty) {
            Arrays.fill(sums, Double.NaN);
        }
        return sums;
    }

    private static int classes(double[] sums) {
        return sums.length / 3;
    }

    /**
     * Adds a sample of label 1 by its share, like {@link #predict} and {@link #lose}, at indices that need no division.
     *
     * @param predicted weight if label 1 is predicted, otherwise 0
     * @param positive weight times the share of label 1
     */
    static void addBinary(double[] sums, double predicted, double positive, double share, double loss) {
        sums[0] += predicted;
        sums[1] += predicted * share;
        sums[2] += positive * loss;
    }

    /** @param share of the class in the label */
    static void predict(double[] sums, int c, double weight, double share) {
        sums[c] += weight;
        sums[classes(sums) + c] += weight * share;
    }

    /** @param loss times weight, and times the share of the class in the label */
    static void lose(double[] sums, int c, double loss) {
        sums[2 * classes(sums) + c] += loss;
    }

    /** @param weight NaN without top-k accuracy, so that a sum with such samples stays unknown */
    static void hit(double[] sums, double weight) {
        sums[sums.length - 1] += weight;
    }

    /**
     * Returns the metrics of each class: of label 0 and label 1, or of K classes; empty for another task, and for several
     * binary outputs.
     */
    static List<ClassMetrics> metrics(Task task, double[] total, double[] weights, double[] sums) {
        int classes = classes(sums);
        if (task.hasClasses()) {
            return IntStream.range(0, classes)
                    .mapToObj(c -> metrics(task, sums, c, weights[c]))
                    .toList();
        }
        if (!task.isBinary() || weights.length > 0) {
            return List.of();
        }
        double weight = total[TallySums.WEIGHT];
        double positives = total[TallySums.LABEL];
        ClassMetrics negative = ClassMetrics.of(
                weight - positives,
                weight - sums[0],
                Math.max(0, weight - positives - sums[0] + sums[1]),
                task == Task.MARGIN ? Double.NaN : total[TallySums.LOSS] - sums[2]);
        return List.of(negative, metrics(task, sums, 0, positives));
    }

    private static ClassMetrics metrics(Task task, double[] sums, int c, double weight) {
        int classes = classes(sums);
        double loss = task == Task.MARGIN ? Double.NaN : sums[2 * classes + c];
        return ClassMetrics.of(weight, sums[c], sums[classes + c], loss);
    }

    /**
     * Returns a metric of label 1, or its mean over the classes that occur as a label or a prediction, where an undefined one
     * counts as 0; null if it is undefined or unknown.
     */
    static @Nullable Double average(
            Function<ClassMetrics, @Nullable Double> metric,
            Task task,
            double[] total,
            double[] weights,
            double[] sums) {
        if (task.isBinary()) {
            return metric.apply(metrics(task, sums, 0, total[TallySums.LABEL]));
        }
        if (Double.isNaN(sums[0])) {
            return null;
        }
        double sum = 0;
        int occurring = 0;
        for (int c = 0; c < classes(sums); c++) {
            if (weights[c] > 0 || sums[c] > 0) {
                Double value = metric.apply(metrics(task, sums, c, weights[c]));
                sum += value == null ? 0 : value;
                occurring++;
            }
        }
        return occurring == 0 ? null : (Double) (sum / occurring);
    }

    /** Returns null if no class occurs, or if it is unknown. */
    static @Nullable Double topKAccuracy(double[] sums, double weight) {
        return Double.isNaN(sums[0]) ? null : ClassMetrics.ratio(sums[sums.length - 1], weight);
    }
}
