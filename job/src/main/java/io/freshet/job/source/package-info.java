/**
 * Reads from Kafka: samples as received, changes of specifications, and what the job needs to know about its topics.
 *
 * <p>Samples are not parsed here, and no record can fail the job.
 */
@NullMarked
package io.freshet.job.source;

import org.jspecify.annotations.NullMarked;
