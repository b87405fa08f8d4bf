/**
 * Flink metrics of the job, its backlog in the samples topic, and its heartbeats.
 *
 * <p>Metrics of predictions belong in {@code io.freshet.learning.evaluation}.
 */
@NullMarked
package io.freshet.job.observe;

import org.jspecify.annotations.NullMarked;
