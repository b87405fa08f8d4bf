package io.freshet.cli.local;

import io.freshet.learning.evaluation.Metrics;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How trained parameters predict the rows of a file that was not learned; its JSON has these names in this order.
 *
 * @param file that was read
 * @param samples predicted
 * @param rejected rows that are no samples, or of a key that was not learned
 * @param firstReason why the first of them is, with its number, or null
 * @param loss mean by weight, and the other metrics as {@link Metrics} has them
 */
record TestResult(
        String file,
        long samples,
        long rejected,
        @Nullable String firstReason,
        double loss,
        @Nullable Double baselineLoss,
        @Nullable Double accuracy,
        @Nullable Double logLoss,
        @Nullable Double auc,
        @Nullable Double mae,
        @Nullable Double rmse,
        @Nullable Double r2,
        @Nullable Double calibration,
        @Nullable Double iou) {
    static TestResult of(String file, Metrics metrics, long rejected, @Nullable String firstReason) {
        return new TestResult(
                file,
                metrics.samples(),
                rejected,
                firstReason,
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

    /** Returns one line: {@code test F: 10,000 samples, loss 0.4321, accuracy 0.8512}. */
    String line() {
        StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "test %s: %,d samples", file, samples));
        append(line, "loss", samples > 0 ? (Double) loss : null);
        if (samples > 0) {
            append(line, "accuracy", accuracy);
            append(line, "auc", auc);
            append(line, "mae", mae);
            append(line, "rmse", rmse);
            append(line, "r2", r2);
            append(line, "iou", iou);
        }
        if (rejected > 0) {
            line.append(String.format(Locale.ROOT, ", %,d rejected; first: %s", rejected, firstReason));
        }
        return line.toString();
    }

    private static void append(StringBuilder line, String name, @Nullable Double value) {
        if (value != null) {
            line.append(", ").append(name).append(' ').append(ProgressTable.number(value));
        }
    }
}
