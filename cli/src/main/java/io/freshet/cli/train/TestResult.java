package io.freshet.cli.train;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.freshet.cli.console.Scores;
import io.freshet.learning.predict.Scorer;
import io.freshet.learning.spec.ModelSpec;
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
 * @param classes how well each class was predicted
 */
record TestResult(
        String file,
        long samples,
        long rejected,
        @Nullable String firstReason,
        @JsonUnwrapped Scores scores,
        @JsonUnwrapped ClassResults classes) {
    static TestResult of(String file, ModelSpec spec, Scorer scorer, long rejected, @Nullable String firstReason) {
        return new TestResult(
                file,
                scorer.tally().samples(),
                rejected,
                firstReason,
                Scores.of(scorer.tally()),
                ClassResults.of(spec, scorer));
    }

    /** Returns one line, {@code test F: 10,000 samples, loss 0.4321, accuracy 0.8512}, and tables of the classes if there are any. */
    String text() {
        StringBuilder text = new StringBuilder("test " + file + ": " + Plural.of(samples, "sample"));
        if (scores.loss() != null) {
            text.append(", ").append(scores.line());
        }
        if (rejected > 0) {
            text.append(String.format(Locale.ROOT, ", %,d rejected; first: %s", rejected, firstReason));
        }
        return text.append(System.lineSeparator()).append(classes.text()).toString();
    }
}
