/**
 * Flink metrics of the job, and its backlog in the samples topic.
 *
 * <p>Metrics of a model's predictions are computed in {@code io.freshet.learning.evaluation}.
 */
@NullMarked
package io.freshet.job.observe;

import org.jspecify.annotations.NullMarked;
