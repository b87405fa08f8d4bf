/**
 * Counts what the join of each model does, scores the answers of closed requests, and reports both.
 *
 * <p>Joining belongs in {@code join}; losses and metrics are in {@code learning}.
 */
@NullMarked
package io.freshet.job.join.score;

import org.jspecify.annotations.NullMarked;
