package io.freshet.cli.console;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonIgnore;
import io.freshet.learning.evaluation.Metric;
import io.freshet.learning.evaluation.Metrics;
import io.freshet.learning.evaluation.Tally;
import io.freshet.schemas.avro.WireMetrics;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The metrics that commands print. All are absent if the total weight is 0, since a loss of 0 would look perfect.
 *
 * @param values as in {@link Metrics}
 */
public record Scores(@JsonIgnore Map<Metric, Double> values) {
    /** Metrics to compare the loss with while a model learns. */
    private static final Set<Metric> LEARNING = Set.of(Metric.BASELINE_LOSS, Metric.LOG_LOSS);

    /** The columns of tables: all metrics by which models can be ordered. */
    public static final List<Metric> COLUMNS = Arrays.stream(Metric.values())
            .filter(metric -> metric.direction() != Metric.Direction.ONE)
            .toList();

    /** Without metrics. */
    public static final Scores NONE = new Scores(Map.of());

    /** Returns the scores of metrics whose total weight is positive. */
    public static Scores of(Metrics metrics) {
        return new Scores(metrics.values());
    }

    public static Scores of(Tally tally) {
        return tally.weight() > 0 ? of(tally.metrics()) : NONE;
    }

    /** Returns a value; null if it is absent. */
    public @Nullable Double get(Metric metric) {
        return values.get(metric);
    }

    public @Nullable Double loss() {
        return get(Metric.LOSS);
    }

    /** Returns all metrics by their names in JSON, in the order of their Avro record. */
    @JsonAnyGetter
    Map<String, @Nullable Double> fields() {
        Map<String, @Nullable Double> fields = new LinkedHashMap<>();
        WireMetrics.ORDER.forEach(metric -> fields.put(metric.field(), get(metric)));
        return fields;
    }

    /** Returns the metrics that say how good predictions are, as text: {@code loss 0.4321, accuracy 0.8512}. */
    public String line() {
        return COLUMNS.stream()
                .filter(metric -> get(metric) != null && !LEARNING.contains(metric))
                .map(metric -> metric.column() + " " + text(get(metric)))
                .collect(Collectors.joining(", "));
    }

    /** Returns a metric for people, - for null. */
    public static String text(@Nullable Double value) {
        if (value == null) {
            return "-";
        }
        return String.format(Locale.ROOT, Math.abs(value) < 1000 ? "%.4f" : "%.4g", value);
    }
}
