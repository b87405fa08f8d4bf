/**
 * Finds the checkpoint to restore when a job starts: the newest intact one.
 *
 * <p>Nothing here knows what the state contains.
 */
@NullMarked
package io.freshet.job.recovery;

import org.jspecify.annotations.NullMarked;
