/**
 * Training of one model: the update of its {@code state} from samples. State is passed in explicitly; Flink, Kafka, clocks, and
 * logging do not belong here.
 */
@NullMarked
package io.freshet.learning.learner;

import org.jspecify.annotations.NullMarked;
