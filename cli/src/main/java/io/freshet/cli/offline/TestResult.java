package io.freshet.cli.offline;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.freshet.cli.console.Scores;
import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.yaml.Plural;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Scores of parameters on labeled rows. The JSON has these names in this order.
 *
 * @param file that was read
 * @param samples predicted
 * @param rejected rows without a prediction or a valid label
 * @param firstReason number of the first rejected row, and why it was rejected; null if there is none
 * @param scores of the predicted samples
 */
public record TestResult(
        String file,
        long samples,
        long rejected,
        @Nullable String firstReason,
        @JsonUnwrapped Scores scores) {
    /**
     * @param rows number of rows; those that are not in the tally were rejected
     * @param firstReason null if they were rejected for their loss
     */
    static TestResult of(String file, Tally tally, long rows, @Nullable String firstReason) {
        long rejected = rows - tally.samples();
        String reason = rejected > 0 && firstReason == null ? "its loss is not finite" : firstReason;
        return new TestResult(file, tally.samples(), rejected, reason, Scores.of(tally));
    }

    /** Returns one line: {@code test F: 10,000 samples, loss 0.4321, accuracy 0.8512}. */
    public String line() {
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
            line.append(", ").append(name).append(' ').append(Scores.text(value));
        }
    }
}
