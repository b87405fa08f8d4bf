/**
 * Reads the rows of files as samples: {@code freshet feed} sends them to the samples topic, and {@code train} and {@code
 * compare} learn them; rows that are rejected go to a file.
 *
 * <p>File formats are in {@code input}.
 */
@NullMarked
package io.freshet.cli.feed;

import org.jspecify.annotations.NullMarked;
