package io.freshet.cli.history;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.console.OneLine;
import io.freshet.schemas.snapshot.HistoryEntry;
import java.util.List;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/**
 * Which snapshot answered, and whether its parameters predict the same again.
 *
 * @param snapshots number of snapshots that may have answered
 * @param version the one that did, or the likeliest; null if there is none
 * @param cause its prediction; null if it is not compared with the answer
 * @param reason why it is not, or why another snapshot may have answered; null if the prediction is compared
 */
record Explanation(
        Result result,
        int snapshots,
        @Nullable HistoryEntry version,
        @Nullable Cause cause,
        @Nullable String reason) {
    /** What a comparison found, with the exit code of the command. */
    enum Result {
        IDENTICAL(0),
        DIFFERENT(1),
        /** There is nothing to compare. */
        NOT_COMPARED(0),
        /** A snapshot that may have answered cannot be rebuilt. */
        UNKNOWN(3);

        private final int exitCode;

        Result(int exitCode) {
            this.exitCode = exitCode;
        }

        int exitCode() {
            return exitCode;
        }
    }

    /**
     * Compares an answer with the predictions of the snapshots that may have given it, until one is identical.
     *
     * @param candidates the likeliest first
     * @param history that has them, or some of them, if it cannot be read to its end
     * @param keyField of the model that was asked; null without keys
     */
    static Explanation of(
            LoggedAnswer answer,
            List<HistoryEntry> candidates,
            Part<History> history,
            Rebuilder rebuilder,
            @Nullable String keyField) {
        HistoryEntry likeliest = candidates.isEmpty() ? null : candidates.get(0);
        if (likeliest == null && answer.version() == 0) {
            return new Explanation(Result.NOT_COMPARED, 0, null, null, "all parameters were 0");
        }
        if (!answer.hasFields()) {
            String reason = "the log has no fields (expected: a server with --log-answers-fields all)";
            return new Explanation(Result.NOT_COMPARED, candidates.size(), likeliest, null, reason);
        }
        Cause first = null;
        String reason =
                history.value() == null ? history.reason() : history.value().unreadable();
        for (HistoryEntry candidate : candidates) {
            try {
                Cause cause = Cause.of(answer, rebuilder.find(candidate, history.require()), keyField);
                if (cause.isIdentical(answer)) {
                    return new Explanation(Result.IDENTICAL, candidates.size(), candidate, cause, null);
                }
                first = first == null ? cause : first;
            } catch (CommandException | KafkaException e) {
                reason = rebuilder.kafka().reason(e);
            }
        }
        if (likeliest == null && reason == null) {
            reason = "version " + answer.version() + " is not in the history of " + answer.predictedBy()
                    + (answer.predictedKey().isEmpty() ? "" : "/" + OneLine.of(answer.predictedKey()))
                    + " (expected: a history retained as long as the answers)";
        }
        return reason == null
                ? new Explanation(Result.DIFFERENT, candidates.size(), likeliest, first, null)
                : new Explanation(Result.UNKNOWN, candidates.size(), likeliest, null, reason);
    }
}
