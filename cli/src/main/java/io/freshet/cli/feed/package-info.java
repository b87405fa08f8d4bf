/**
 * Sends the rows of a file to the samples topic: {@code freshet feed}.
 *
 * <p>Reading the file is in {@code input}.
 */
@NullMarked
package io.freshet.cli.feed;

import org.jspecify.annotations.NullMarked;
