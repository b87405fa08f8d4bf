package io.freshet.cli.console;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.freshet.learning.evaluation.Classification;
import io.freshet.learning.evaluation.Metrics;
import io.freshet.learning.evaluation.Tally;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The metrics that commands print, named as in {@link Metrics}. A metric is null if it does not apply. All are null if
 * the total weight is 0, since a loss of 0 would look perfect.
 */
public record Scores(
        @Nullable Double loss,
        @Nullable Double baselineLoss,
        @Nullable Double accuracy,
        @Nullable Double logLoss,
        @Nullable Double auc,
        @Nullable Double mae,
        @Nullable Double rmse,
        @Nullable Double r2,
        @Nullable Double calibration,
        @Nullable Double iou,
        @JsonUnwrapped Classification classification) {
    /** Metrics to compare the loss with while a model learns. */
    private static final Set<String> LEARNING = Set.of("constant", "log loss");

    /** All metrics null. */
    public static final Scores NONE =
            new Scores(null, null, null, null, null, null, null, null, null, null, Classification.NONE);

    /** Returns the scores of metrics whose total weight is positive. */
    public static Scores of(Metrics metrics) {
        return new Scores(
                metrics.loss(),
                metrics.baselineLoss(),
                metrics.accuracy(),
                metrics.logLoss(),
                metrics.auc(),
                metrics.mae(),
                metrics.rmse(),
                metrics.r2(),
                metrics.calibration(),
                metrics.iou(),
                metrics.classification());
    }

    public static Scores of(Tally tally) {
        return tally.weight() > 0 ? of(tally.metrics()) : NONE;
    }

    /** Returns the metrics that say how good predictions are, as text: {@code loss 0.4321, accuracy 0.8512}. */
    public String line() {
        return columns().entrySet().stream()
                .filter(metric -> metric.getValue() != null && !LEARNING.contains(metric.getKey()))
                .map(metric -> metric.getKey() + " " + text(metric.getValue()))
                .collect(Collectors.joining(", "));
    }

    /** Returns a metric for people, - for null. */
    public static String text(@Nullable Double value) {
        if (value == null) {
            return "-";
        }
        return String.format(Locale.ROOT, Math.abs(value) < 1000 ? "%.4f" : "%.4g", value);
    }

    /** Returns the metrics by their names in tables, in the order of the columns. */
    public Map<String, @Nullable Double> columns() {
        Map<String, @Nullable Double> columns = new LinkedHashMap<>();
        columns.put("loss", loss);
        columns.put("constant", baselineLoss);
        columns.put("accuracy", accuracy);
        columns.put("log loss", logLoss);
        columns.put("auc", auc);
        columns.put("pr auc", classification.prAuc());
        columns.put("precision", classification.precision());
        columns.put("recall", classification.recall());
        columns.put("f1", classification.f1());
        columns.put("top-k", classification.topKAccuracy());
        columns.put("mae", mae);
        columns.put("rmse", rmse);
        columns.put("r2", r2);
        columns.put("iou", iou);
        return columns;
    }
}
