/**
 * Joins requests with their outcomes: one value and one timer for each id of each model, the samples that are due, and
 * the event time that all tasks have reached.
 *
 * <p>Reading records belongs in {@code decode}, counting and scoring in {@code score}. The rule itself is in {@code
 * learning.join}.
 */
@NullMarked
package io.freshet.job.join;

import org.jspecify.annotations.NullMarked;
