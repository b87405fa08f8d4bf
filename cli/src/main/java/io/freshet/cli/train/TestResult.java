package io.freshet.cli.train;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.freshet.cli.console.Scores;
import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.yaml.Plural;
import java.util.Locale;
import java.util.Set;
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
    /** Metrics that say more about learning than about a test. */
    private static final Set<String> LEARNING = Set.of("constant", "log loss");

    static TestResult of(String file, Tally tally, long rejected, @Nullable String firstReason) {
        return new TestResult(file, tally.samples(), rejected, firstReason, Scores.of(tally));
    }

    /** Returns one line: {@code test F: 10,000 samples, loss 0.4321, accuracy 0.8512}. */
    String line() {
        StringBuilder line = new StringBuilder("test " + file + ": " + Plural.of(samples, "sample"));
        scores.columns().forEach((name, value) -> append(line, name, value));
        if (rejected > 0) {
            line.append(String.format(Locale.ROOT, ", %,d rejected; first: %s", rejected, firstReason));
        }
        return line.toString();
    }

    private static void append(StringBuilder line, String name, @Nullable Double value) {
        if (value != null && !LEARNING.contains(name)) {
            line.append(", ").append(name).append(' ').append(ProgressTable.number(value));
        }
    }
}
