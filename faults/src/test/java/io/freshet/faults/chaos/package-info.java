/**
 * Kills and pauses the processes of a cluster at random.
 *
 * <p>Targeted faults belong in {@code checkpoint} and {@code upgrade}.
 */
@NullMarked
package io.freshet.faults.chaos;

import org.jspecify.annotations.NullMarked;
