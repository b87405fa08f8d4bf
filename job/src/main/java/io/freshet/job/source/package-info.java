/**
 * Reads from Kafka: samples as received, changes of specifications, and topic metadata.
 *
 * <p>Samples are not parsed here, and no record can fail the job.
 */
@NullMarked
package io.freshet.job.source;

import org.jspecify.annotations.NullMarked;
