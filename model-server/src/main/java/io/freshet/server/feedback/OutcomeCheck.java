package io.freshet.server.feedback;

import io.freshet.learning.features.InvalidSampleException;
import io.freshet.schemas.loop.OutcomeLabels;
import io.freshet.schemas.loop.OutcomeRecord;
import io.freshet.server.body.RequestException;
import io.freshet.server.body.RequestExcerpt;
import java.time.Duration;
import java.time.Instant;

/**
 * Rejects what the join of one model would reject.
 *
 * @param now milliseconds since 1970, UTC
 */
record OutcomeCheck(OutcomeLabels labels, long now) {
    /** How far the clock of a client may be ahead; by default, the join accepts as much. */
    private static final Duration AHEAD = Duration.ofMinutes(1);

    void check(String model, OutcomeRecord outcome) throws RequestException {
        if (outcome.model() != null && !outcome.model().equals(model)) {
            throw RequestException.bad(
                    "model", RequestExcerpt.name(outcome.model()), "none, or " + model + " as in the path");
        }
        if (outcome.time() != null && outcome.time() > now + AHEAD.toMillis()) {
            throw RequestException.bad(
                    "time",
                    Instant.ofEpochMilli(outcome.time()),
                    "at most 1 minute ahead of " + Instant.ofEpochMilli(now));
        }
        if (outcome.value() != null) {
            try {
                labels.number(outcome.value());
            } catch (InvalidSampleException e) {
                throw RequestException.bad(String.valueOf(e.getMessage()));
            }
        }
    }
}
