/**
 * Numbers, vectors, and UTF-8 as the text of a file contains them. Files and their rows are in {@code input}.
 */
@NullMarked
package io.freshet.cli.input.text;

import org.jspecify.annotations.NullMarked;
