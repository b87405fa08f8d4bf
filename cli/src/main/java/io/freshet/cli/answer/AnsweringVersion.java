package io.freshet.cli.answer;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.console.OneLine;
import io.freshet.schemas.history.HistoryEntry;
import org.jspecify.annotations.Nullable;

/**
 * Finds the snapshot that answered among the entries of a history. After a model started from scratch, several have the same
 * version: then it is the newest that was published when the answer was given, or shortly after, since clocks differ.
 */
final class AnsweringVersion {
    /** How much later than the answer a snapshot may seem to be published: the clock of the job may be ahead of the server's. */
    private static final long SLACK_MILLIS = 60_000;

    private final LoggedAnswer answer;
    private @Nullable HistoryEntry first;
    private @Nullable HistoryEntry newestBefore;

    AnsweringVersion(LoggedAnswer answer) {
        this.answer = answer;
    }

    void add(HistoryEntry entry) {
        if (entry.version() != answer.version()) {
            return;
        }
        boolean isEarly = entry.publishedAt() <= answer.time() + SLACK_MILLIS;
        first = first == null && isEarly ? entry : first;
        newestBefore = entry.publishedAt() <= answer.time() ? entry : newestBefore;
    }

    /**
     * Returns the snapshot; null for version 0, whose parameters are 0.
     *
     * @throws CommandException if there is none
     */
    @Nullable HistoryEntry find() throws CommandException {
        HistoryEntry found = newestBefore == null ? first : newestBefore;
        if (found == null && answer.version() != 0) {
            throw new CommandException("model " + answer.model() + ", version " + answer.version()
                    + ": not in the history of "
                    + (answer.key().isEmpty() ? "the model" : "key " + OneLine.of(answer.key()))
                    + " (expected: a history retained as long as the answers"
                    + (answer.key().isEmpty()
                            ? ")"
                            : "; a key without parameters of its own is predicted by its parent)"));
        }
        return found;
    }
}
