/**
 * Schedules and builds the records that the learner sends: snapshots, evaluations, dead letters, and copies for other
 * systems.
 *
 * <p>Bytes are encoded with the codecs of {@code io.freshet.schemas}; nothing here defines a format.
 */
@NullMarked
package io.freshet.job.publish;

import org.jspecify.annotations.NullMarked;
