package io.freshet.learning.evaluation;

import org.jspecify.annotations.Nullable;

/**
 * The metrics of one class. Null if undefined, such as the precision of a class that was never predicted.
 *
 * @param weight of the samples of the class
 * @param precision share of the predictions of the class that were correct
 * @param recall share of the samples of the class that were predicted as such
 * @param f1 harmonic mean of precision and recall
 * @param logLoss mean cross-entropy of the samples of the class, natural logarithm
 */
public record ClassMetrics(
        double weight,
        @Nullable Double precision,
        @Nullable Double recall,
        @Nullable Double f1,
        @Nullable Double logLoss) {
    /**
     * @param predicted weight of the predictions of the class
     * @param correct weight of those that were correct
     * @param loss sum of the log loss of the samples of the class; NaN if unknown
     */
    static ClassMetrics of(double weight, double predicted, double correct, double loss) {
        return new ClassMetrics(
                weight,
                ratio(correct, predicted),
                ratio(correct, weight),
                ratio(2 * correct, predicted + weight),
                ratio(loss, weight));
    }

    /** Returns a quotient; null if it is undefined or unknown. */
    static @Nullable Double ratio(double part, double whole) {
        return whole > 0 && !Double.isNaN(part) ? (Double) (part / whole) : null;
    }
}
