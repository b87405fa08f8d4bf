/**
 * The operator that trains each model key: keyed state, timers, and outputs around {@code StreamLearner}. The rules for a
 * sample belong to {@code learning}; the records to publish belong to {@code job.publish}.
 */
@NullMarked
package io.freshet.job.learn;

import org.jspecify.annotations.NullMarked;
