package io.freshet.schemas.facts;

import io.freshet.learning.evaluation.Event;

/**
 * A divergence that a model key has not recovered from.
 *
 * @param key "" for a model without a key
 * @param at when it was reported, milliseconds since 1970, UTC
 * @param others count of other keys of the model that have not recovered either
 */
public record Divergence(String key, Event event, long at, int others) {
    Divergence withOthers(int count) {
        return new Divergence(key, event, at, count);
    }
}
