/**
 * One model and key learning: predict, score, learn, with parameters and optimizer state in keyed state.
 *
 * <p>The mathematics is {@code learning}'s; here are its state in Flink, and when snapshots and evaluations go out.
 */
@NullMarked
package io.freshet.job.learn;

import org.jspecify.annotations.NullMarked;
