package io.freshet.cli.train;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.freshet.cli.console.Scores;
import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.yaml.Plural;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Scores of trained parameters on a test file. The JSON has these names in this order.
 *
 * @param file that was read
 * @param samples predicted
 * @param rejected invalid rows, and rows of a key that was not learned
 * @param firstReason number of the first rejected row, and why it was rejected; null if there is none
 * @param scores of the predicted samples
 */
record TestResult(
        String file,
        long samples,
        long rejected,
        @Nullable String firstReason,
        @JsonUnwrapped Scores scores) {
    static TestResult of(String file, Tally tally, long rejected, @Nullable String firstReason) {
        return new TestResult(file, tally.samples(), rejected, firstReason, Scores.of(tally));
    }

    /** Returns one line: {@code test F: 10,000 samples, loss 0.4321, accuracy 0.8512}. */
    String line() {
        StringBuilder line = new StringBuilder("test " + file + ": " + Plural.of(samples, "sample"));
        append(line, "loss", scores.loss());
        append(line, "accuracy", scores.accuracy());
        append(line, "auc", scores.auc());
        append(line, "mae", scores.mae());
        append(line, "rmse", scores.rmse());
        append(line, "r2", scores.r2());
        append(line, "iou", scores.iou());
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
