/**
 * Sends the records of dead letters to the samples topic again: {@code freshet redrive}.
 *
 * <p>Printing dead letters is in {@code tail}.
 */
@NullMarked
package io.freshet.cli.deadletters;

import org.jspecify.annotations.NullMarked;
