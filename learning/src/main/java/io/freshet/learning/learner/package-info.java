/**
 * Training of one model: its state, the update of that state from samples, and the bytes of it.
 *
 * <p>The state is passed in explicitly; Flink, Kafka, clocks, and logging do not belong here.
 */
@NullMarked
package io.freshet.learning.learner;

import org.jspecify.annotations.NullMarked;
