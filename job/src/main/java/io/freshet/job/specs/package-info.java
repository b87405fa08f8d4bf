/**
 * Which specification of a model holds, since when, and how changes reach the tasks; which ones are refused, and which
 * have failed.
 *
 * <p>What is done with the samples of a failed model belongs in {@code decode} and {@code learn}.
 */
@NullMarked
package io.freshet.job.specs;

import org.jspecify.annotations.NullMarked;
