/**
 * Where a job that starts goes on from: the newest retained checkpoint that is whole.
 * Nothing here knows what is in the state.
 */
@NullMarked
package io.freshet.job.recovery;

import org.jspecify.annotations.NullMarked;
