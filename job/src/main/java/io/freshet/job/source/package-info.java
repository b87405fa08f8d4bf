/**
 * Reads from Kafka: samples as received, changes of specifications, schemas of a registry, and topic metadata; and which
 * partitions are paused, since a learner has enough of their samples or a record waits for its schema.
 *
 * <p>Samples are not parsed here, and no record can fail the job.
 */
@NullMarked
package io.freshet.job.source;

import org.jspecify.annotations.NullMarked;
