/**
 * From Kafka's topics into the job: samples as they came, and changes of specifications.
 *
 * <p>Bytes are not looked into here, but for specifications; nothing here can fail a job for what a record holds.
 */
@NullMarked
package io.freshet.job.source;

import org.jspecify.annotations.NullMarked;
