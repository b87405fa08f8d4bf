/**
 * Reads dead letters and sends them again: {@code freshet redrive}.
 *
 * <p>Showing them is in {@code tail}.
 */
@NullMarked
package io.freshet.cli.deadletters;

import org.jspecify.annotations.NullMarked;
