package io.freshet.server.answers;

import io.freshet.learning.features.InvalidSampleException;
import io.freshet.schemas.loop.OutcomeLabels;
import io.freshet.schemas.loop.OutcomeRecord;
import io.freshet.server.body.RequestException;
import io.freshet.server.body.RequestExcerpt;
import io.freshet.server.request.ClientClock;

/**
 * Rejects what the join of one model would reject.
 *
 * @param now milliseconds since 1970, UTC
 */
record OutcomeCheck(OutcomeLabels labels, long now) {
    void check(String model, OutcomeRecord outcome) throws RequestException {
        if (outcome.model() != null && !outcome.model().equals(model)) {
            throw RequestException.bad(
                    "model", RequestExcerpt.name(outcome.model()), "none, or " + model + " as in the path");
        }
        if (outcome.time() != null) {
            ClientClock.check("time", outcome.time(), now);
        }
        try {
            labels.check(outcome);
        } catch (InvalidSampleException e) {
            throw RequestException.bad(String.valueOf(e.getMessage()));
        }
    }
}
