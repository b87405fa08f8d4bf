/**
 * Command-line options that the job shares with other commands: record format, state backend, and starting point.
 *
 * <p>The job's own options are in {@code FreshetJob}.
 */
@NullMarked
package io.freshet.job.options;

import org.jspecify.annotations.NullMarked;
