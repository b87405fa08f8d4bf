package io.freshet.cli.predict;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.freshet.cli.console.Scores;
import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.predict.Scorer;
import io.freshet.learning.spec.ModelSpec;
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
 * @param classes how well each class was predicted
 */
public record TestResult(
        String file,
        long samples,
        long rejected,
        @Nullable String firstReason,
        @JsonUnwrapped Scores scores,
        @JsonUnwrapped ClassResults classes) {
    /**
     * @param rows number of rows; those that are not in the tally were rejected
     * @param firstReason null if they were rejected for their loss
     */
    static TestResult of(String file, ModelSpec spec, Scorer scorer, long rows, @Nullable String firstReason) {
        Tally tally = scorer.tally();
        long rejected = rows - tally.samples();
        String reason = rejected > 0 && firstReason == null ? "its loss is not finite" : firstReason;
        return new TestResult(file, tally.samples(), rejected, reason, Scores.of(tally), ClassResults.of(spec, scorer));
    }

    /**
     * Returns one line, {@code test F: 10,000 samples, loss 0.4321, accuracy 0.8512}, and tables of the classes if there are any.
     *
     * @param elsewhere where all classes are, if the table has some of them only
     */
    public String text(String elsewhere) {
        StringBuilder text = new StringBuilder("test " + file + ": " + Plural.of(samples, "sample"));
        if (scores.loss() != null) {
            text.append(", ").append(scores.line());
        }
        if (rejected > 0) {
            text.append(String.format(Locale.ROOT, ", %,d rejected; first: %s", rejected, firstReason));
        }
        return text.append(System.lineSeparator())
                .append(classes.text(elsewhere))
                .toString();
    }
}
