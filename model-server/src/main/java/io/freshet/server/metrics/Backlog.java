package io.freshet.server.metrics;

import io.freshet.schemas.evaluation.Evaluation;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whether a model is live or catching up with the stream.
 *
 * @param behind number of records of the samples topic not learned yet
 * @param catchingUp whether these records are a backlog; otherwise the model is live
 */
public record Backlog(long behind, boolean catchingUp) {
    /** A model that is catching up is evaluated constantly, so an older evaluation is outdated. */
    private static final long MAXIMUM_AGE_MILLIS = 60_000;

    /**
     * Returns the backlog that a model's newest evaluation reports, unless it is unknown or outdated.
     *
     * @param now milliseconds since 1970, UTC
     */
    public static Optional<Backlog> of(@Nullable Evaluation newest, long now) {
        if (newest == null || newest.last()) {
            return Optional.empty();
        }
        Long behind = newest.progress().behind();
        boolean catchingUp = newest.progress().catchingUp();
        return behind == null || catchingUp && now - newest.emittedAt() > MAXIMUM_AGE_MILLIS
                ? Optional.empty()
                : Optional.of(new Backlog(behind, catchingUp));
    }
}
