package io.freshet.learning.evaluation;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The metrics of a tally: how well samples were predicted before they were learned.
 *
 * @param samples number of samples
 * @param values without the metrics that are absent; not changed
 */
public record Metrics(long samples, Map<Metric, Double> values) {
    /** Returns a value; null if it is absent. */
    public @Nullable Double get(Metric metric) {
        return values.get(metric);
    }

    /** Returns the mean loss, by weight, which all tasks have. */
    public double loss() {
        return values.getOrDefault(Metric.LOSS, Double.NaN);
    }
}
