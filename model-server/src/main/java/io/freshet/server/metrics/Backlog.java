package io.freshet.server.metrics;

import io.freshet.schemas.evaluation.Evaluation;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whether a model learns the stream as it comes, or catches up with it.
 *
 * @param behind records of the samples topic that were still to be learned
 * @param catchingUp whether those are a backlog; otherwise it is live
 */
public record Backlog(long behind, boolean catchingUp) {
    /** A model that catches up is evaluated all the time: what it said longer ago holds no more. */
    private static final long HOLDS_MILLIS = 60_000;

    /**
     * Returns what the newest evaluation of a model says, if it says it and it holds.
     *
     * @param now milliseconds since 1970, UTC
     */
    public static Optional<Backlog> of(@Nullable Evaluation newest, long now) {
        if (newest == null || newest.last()) {
            return Optional.empty();
        }
        Long behind = newest.progress().behind();
        boolean catchingUp = newest.progress().catchingUp();
        return behind == null || catchingUp && now - newest.emittedAt() > HOLDS_MILLIS
                ? Optional.empty()
                : Optional.of(new Backlog(behind, catchingUp));
    }
}
