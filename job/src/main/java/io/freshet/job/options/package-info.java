/**
 * Command-line options of the job, which other commands check and share.
 *
 * <p>{@code FreshetJob} starts the job that they describe.
 */
@NullMarked
package io.freshet.job.options;

import org.jspecify.annotations.NullMarked;
