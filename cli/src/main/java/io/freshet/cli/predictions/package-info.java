/**
 * Writes predictions as a table, CSV, or JSON lines, the same for those of a server and those of a snapshot in memory.
 *
 * <p>Computes no prediction, except the class that its numbers decide for.
 */
@NullMarked
package io.freshet.cli.predictions;

import org.jspecify.annotations.NullMarked;
