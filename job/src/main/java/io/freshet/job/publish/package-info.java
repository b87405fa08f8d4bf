/**
 * Decides when and how snapshots, evaluations, and dead letters are sent, and builds their records.
 *
 * <p>Bytes are encoded with the codecs of {@code io.freshet.schemas}; nothing here defines a format.
 */
@NullMarked
package io.freshet.job.publish;

import org.jspecify.annotations.NullMarked;
