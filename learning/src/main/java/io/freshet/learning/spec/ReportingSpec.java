package io.freshet.learning.spec;

/**
 * What a model publishes while it learns: snapshots, evaluations, and events.
 *
 * @param publish when snapshots are published
 * @param window samples per window of progressive validation
 * @param watch detectors of drift, divergence, and plateaus
 */
public record ReportingSpec(PublishSpec publish, int window, WatchSpec watch) {}
