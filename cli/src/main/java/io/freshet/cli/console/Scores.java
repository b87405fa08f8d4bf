package io.freshet.cli.console;

import io.freshet.learning.evaluation.Metrics;
import io.freshet.learning.evaluation.Tally;
import org.jspecify.annotations.Nullable;

/**
 * Metrics as they are shown, by the names of {@link Metrics}: null where they do not apply, and all of them where no
 * sample had a weight, since a loss of nothing would look perfect.
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
    /** Those of nothing. */
    public static final Scores NONE = new Scores(null, null, null, null, null, null, null, null, null, null);

    /** Returns those of samples of which some had a weight. */
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
}
