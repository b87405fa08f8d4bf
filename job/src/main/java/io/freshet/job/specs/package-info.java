/**
 * Which specification of a model holds, and since when; which ones are refused, and which have failed.
 *
 * <p>How changes reach the tasks belongs in {@code control}; what is done with the samples of a failed model belongs in {@code
 * decode} and {@code learn}.
 */
@NullMarked
package io.freshet.job.specs;

import org.jspecify.annotations.NullMarked;
