package io.freshet.learning.spec;

/**
 * When parameters are published: after {@code everySamples} samples, or {@code everyMillis} after the first one that is
 * not yet published, whichever comes first.
 *
 * @param everySamples at least 1
 * @param everyMillis at least 1
 */
public record PublishSpec(int everySamples, int everyMillis) {}
