/**
 * Which failures stop one model instead of the job.
 *
 * <p>What is done with such a model belongs in {@code decode} and {@code learn}.
 */
@NullMarked
package io.freshet.job.quarantine;

import org.jspecify.annotations.NullMarked;
