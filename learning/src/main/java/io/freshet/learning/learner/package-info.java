/**
 * Training of one model: its state, the update from a batch of samples, snapshots, and the predictor that serves them. State
 * is passed in explicitly; Flink, Kafka, clocks, and logging do not belong here.
 */
@NullMarked
package io.freshet.learning.learner;

import org.jspecify.annotations.NullMarked;
