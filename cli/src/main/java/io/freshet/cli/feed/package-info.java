/**
 * Sends the rows of a file to the samples topic: {@code freshet feed}, and the input of {@code train} and {@code
 * compare}.
 *
 * <p>File formats are in {@code input}.
 */
@NullMarked
package io.freshet.cli.feed;

import org.jspecify.annotations.NullMarked;
