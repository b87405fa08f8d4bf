/**
 * Checkpoints that fail, that are corrupt, or whose transaction expires.
 *
 * <p>Savepoints belong in {@code upgrade}.
 */
@NullMarked
package io.freshet.faults.checkpoint;

import org.jspecify.annotations.NullMarked;
