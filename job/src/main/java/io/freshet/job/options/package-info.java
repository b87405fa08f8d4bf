/**
 * Command-line options of the job, shared with other commands.
 *
 * <p>{@code FreshetJob} starts the job with these options.
 */
@NullMarked
package io.freshet.job.options;

import org.jspecify.annotations.NullMarked;
