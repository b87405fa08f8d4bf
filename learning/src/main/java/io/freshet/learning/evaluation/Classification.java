package io.freshet.learning.evaluation;

import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Metrics of classes. Null if a metric does not apply or is undefined.
 *
 * <p>For two classes, they are those of label 1; for several binary outputs, of all of them together. For K classes, they are
 * the means over the classes that occur as a label or a prediction, where an undefined precision or recall counts as 0
 * (scikit-learn's macro average).
 *
 * @param precision share of the predictions of a class that were correct
 * @param recall share of the samples of a class that were predicted as such
 * @param f1 harmonic mean of precision and recall
 * @param prAuc average precision: the area under the precision-recall curve, for two classes
 * @param topKAccuracy share of samples whose class is one of the k that are predicted to be likeliest
 */
public record Classification(
        @Nullable Double precision,
        @Nullable Double recall,
        @Nullable Double f1,
        @Nullable Double prAuc,
        @Nullable Double topKAccuracy) {
    public static final Classification NONE = new Classification(null, null, null, null, null);

    static Classification mean(List<ClassMetrics> classes, @Nullable Double topKAccuracy) {
        return classes.isEmpty()
                ? NONE
                : new Classification(
                        mean(classes, ClassMetrics::precision),
                        mean(classes, ClassMetrics::recall),
                        mean(classes, ClassMetrics::f1),
                        null,
                        topKAccuracy);
    }

    private static double mean(List<ClassMetrics> classes, Function<ClassMetrics, @Nullable Double> metric) {
        double sum = 0;
        for (ClassMetrics each : classes) {
            Double value = metric.apply(each);
            sum += value == null ? 0 : value;
        }
        return sum / classes.size();
    }
}
