/**
 * When a sample may be learned, and the operator that trains each model key: keyed state, timers, and outputs around
 * {@code StreamLearner}.
 *
 * <p>The rules for a sample belong in {@code io.freshet.learning.stream}; published records belong in {@code publish}.
 */
@NullMarked
package io.freshet.job.learn;

import org.jspecify.annotations.NullMarked;
