package io.freshet.learning.evaluation;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Metrics of classes. Null if a metric does not apply or is undefined.
 *
 * <p>For two classes, they are those of label 1; for several binary outputs, of all of them together. For K classes, they are
 * the means over the classes that occur as a label or a prediction, where an undefined precision or recall counts as 0
 * (scikit-learn's macro average). Immutable.
 */
public final class Classification {
    public static final Classification NONE = new Classification(null, null, null, null, null);

    private final long precision;
    private final long recall;
    private final long f1;
    private final long prAuc;
    private final long topKAccuracy;

    /**
     * @param precision share of the predictions of a class that were correct
     * @param recall share of the samples of a class that were predicted as such
     * @param f1 harmonic mean of precision and recall
     * @param prAuc average precision: the area under the precision-recall curve, for two classes
     * @param topKAccuracy share of samples whose class is one of the k that are predicted to be likeliest
     */
    public Classification(
            @Nullable Double precision,
            @Nullable Double recall,
            @Nullable Double f1,
            @Nullable Double prAuc,
            @Nullable Double topKAccuracy) {
        this.precision = MaybeDouble.of(precision);
        this.recall = MaybeDouble.of(recall);
        this.f1 = MaybeDouble.of(f1);
        this.prAuc = MaybeDouble.of(prAuc);
        this.topKAccuracy = MaybeDouble.of(topKAccuracy);
    }

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

    public @Nullable Double precision() {
        return MaybeDouble.get(precision);
    }

    public @Nullable Double recall() {
        return MaybeDouble.get(recall);
    }

    public @Nullable Double f1() {
        return MaybeDouble.get(f1);
    }

    public @Nullable Double prAuc() {
        return MaybeDouble.get(prAuc);
    }

    public @Nullable Double topKAccuracy() {
        return MaybeDouble.get(topKAccuracy);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Classification classification && Arrays.equals(numbers(), classification.numbers());
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(numbers());
    }

    @Override
    public String toString() {
        return "Classification[precision=" + precision() + ", recall=" + recall() + ", f1=" + f1() + ", prAuc="
                + prAuc() + ", topKAccuracy=" + topKAccuracy() + "]";
    }

    private long[] numbers() {
        return new long[] {precision, recall, f1, prAuc, topKAccuracy};
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
