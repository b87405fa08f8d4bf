/**
 * Flink metrics, backlog, and the end offsets of the samples topic.
 *
 * <p>Metrics about the model itself are computed in {@code learning.evaluation}.
 */
@NullMarked
package io.freshet.job.observe;

import org.jspecify.annotations.NullMarked;
