package io.freshet.schemas.facts;

/**
 * A model key whose snapshots the divergence policy withholds.
 *
 * @param key "" for a model without a key
 * @param published its last snapshot
 * @param others count of other keys of the model that are held, too
 */
public record Held(String key, Evaluation.Published published, int others) {}
