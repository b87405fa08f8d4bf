/**
 * Finds the newest intact checkpoint to restore when a job starts.
 *
 * <p>Nothing here depends on the contents of the state.
 */
@NullMarked
package io.freshet.job.recovery;

import org.jspecify.annotations.NullMarked;
