/**
 * Trains on a file in this process, by the rule of the job: {@code train}, and {@code compare} and {@code size}, which
 * train several models.
 *
 * <p>Reading the file as samples is in {@code feed}.
 */
@NullMarked
package io.freshet.cli.train;

import org.jspecify.annotations.NullMarked;
