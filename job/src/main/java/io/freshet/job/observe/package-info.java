/**
 * Flink metrics of the job, and its backlog in the samples topic.
 *
 * <p>Metrics of predictions belong in {@code io.freshet.learning.evaluation}.
 */
@NullMarked
package io.freshet.job.observe;

import org.jspecify.annotations.NullMarked;
