package io.freshet.cli.console;

import io.freshet.learning.evaluation.Metrics;
import io.freshet.learning.evaluation.Tally;
import java.util.Locale;
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
        @Nullable Double iou) {
    /** All metrics null. */
    public static final Scores NONE = new Scores(null, null, null, null, null, null, null, null, null, null);

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
                metrics.iou());
    }

    public static Scores of(Tally tally) {
        return tally.weight() > 0 ? of(tally.metrics()) : NONE;
    }

    /** Returns a metric for people, - for null. */
    public static String text(@Nullable Double value) {
        if (value == null) {
            return "-";
        }
        return String.format(Locale.ROOT, Math.abs(value) < 1000 ? "%.4f" : "%.4g", value);
    }
}
