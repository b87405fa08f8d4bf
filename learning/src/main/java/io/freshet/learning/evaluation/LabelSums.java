package io.freshet.learning.evaluation;

import static io.freshet.learning.evaluation.TallySums.LABEL;
import static io.freshet.learning.evaluation.TallySums.LABEL_DEVIATION;
import static io.freshet.learning.evaluation.TallySums.WEIGHT;
import static io.freshet.learning.math.Transcendental.log;

import io.freshet.learning.loss.Task;
import org.jspecify.annotations.Nullable;

/**
 * The labels of a tally: their sum for each output, and the loss of the best constant prediction, which follows from
 * them.
 *
 * <pre>
 *   regression   variance of the labels
 *   binary       entropy: -p log p - (1 - p) log(1 - p), mean over the outputs; p: mean label
 *   margin       2 min(p, 1 - p), mean over the outputs: the hinge loss of the better of -1 and 1
 *   classes      entropy: -sum over the classes of p log p; p: share of a class
 * </pre>
 *
 * <p>Pinned by {@code TallyTest} and {@code TallyOracleTest}. Works on the arrays of a {@link Tally}, and has no state.
 */
final class LabelSums {
    private LabelSums() {}

    /** @param classes sum of each output's label; length 0 for a single output */
    static double of(double[] sums, double[] classes, int k) {
        return classes.length == 0 ? sums[LABEL] : classes[k];
    }

    /**
     * @param weighted label times weight
     * @param shared label times weight, divided by the number of outputs
     */
    static void add(double[] sums, double[] classes, int k, double weighted, double shared) {
        if (classes.length > 0) {
            classes[k] += weighted;
        }
        sums[LABEL] += shared;
    }

    /**
     * Returns the squared deviation between two groups of labels, which their own deviations do not include (Chan et
     * al. 1979).
     */
    static double deviationBetween(double[] sums, double[] classes, double[] otherSums, double[] otherClasses) {
        double a = sums[WEIGHT];
        double b = otherSums[WEIGHT];
        if (a == 0 || b == 0) {
            return 0;
        }
        int outputs = Math.max(1, classes.length);
        double sum = 0;
        for (int k = 0; k < outputs; k++) {
            double difference = of(otherSums, otherClasses, k) / b - of(sums, classes, k) / a;
            sum += difference * difference;
        }
        return sum / outputs * (a * b / (a + b));
    }

    /** Returns the loss of the best constant prediction; null for a task without one, and if the labels are unknown. */
    static @Nullable Double baselineLoss(Task task, double[] sums, double[] classes) {
        double weight = Math.max(sums[WEIGHT], Double.MIN_NORMAL);
        return switch (task) {
            case REGRESSION -> sums[LABEL_DEVIATION] / weight;
            case BINARY -> binaryEntropy(sums, classes, weight);
            case MARGIN -> hinge(sums, classes, weight);
            case MULTICLASS, SEQUENCE ->
                classes.length == 1 && Double.isNaN(classes[0]) ? null : (Double) entropy(classes, weight);
            case NUMBER, MASK, BOX -> null;
        };
    }

    private static double binaryEntropy(double[] sums, double[] classes, double weight) {
        int outputs = Math.max(1, classes.length);
        double sum = 0;
        for (int k = 0; k < outputs; k++) {
            double p = of(sums, classes, k) / weight;
            sum += entropyTerm(p) + entropyTerm(1 - p);
        }
        return sum / outputs;
    }

    private static double hinge(double[] sums, double[] classes, double weight) {
        int outputs = Math.max(1, classes.length);
        double sum = 0;
        for (int k = 0; k < outputs; k++) {
            double positive = of(sums, classes, k);
            sum += 2 * Math.min(positive, sums[WEIGHT] - positive) / weight;
        }
        return sum / outputs;
    }

    private static double entropy(double[] classes, double weight) {
        double entropy = 0;
        for (double ofClass : classes) {
            entropy += entropyTerm(ofClass / weight);
        }
        return entropy;
    }

    private static double entropyTerm(double p) {
        return p > 0 ? -p * log(p) : 0;
    }
}
