/**
 * Training of one model: its state, and the update of that state from samples. State is passed in explicitly; Flink, Kafka,
 * clocks, and logging do not belong here.
 */
@NullMarked
package io.freshet.learning.learner;

import org.jspecify.annotations.NullMarked;
