/**
 * Rows of a file that a command rejects: their reasons, how many are too many, and a file that keeps them.
 */
@NullMarked
package io.freshet.cli.rejects;

import org.jspecify.annotations.NullMarked;
