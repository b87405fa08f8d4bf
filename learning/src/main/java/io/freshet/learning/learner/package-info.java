/**
 * One model learning: its state, the step from samples to an update, the snapshot of what was learned, and the predictor that serves it.
 *
 * <p>State goes in and comes out explicitly; no Flink, Kafka, clock or logging.
 */
@NullMarked
package io.freshet.learning.learner;

import org.jspecify.annotations.NullMarked;
