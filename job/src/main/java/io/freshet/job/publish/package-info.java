/**
 * Out of the job: snapshots, evaluations and dead letters as records of their topics.
 *
 * <p>Records come here encoded; nothing here knows what they hold.
 */
@NullMarked
package io.freshet.job.publish;

import org.jspecify.annotations.NullMarked;
