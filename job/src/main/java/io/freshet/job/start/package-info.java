/**
 * What is checked before the job starts: its rights in a secured Kafka, and the libraries on its class path.
 *
 * <p>Options are checked in {@code options}, and topics where they are read.
 */
@NullMarked
package io.freshet.job.start;

import org.jspecify.annotations.NullMarked;
