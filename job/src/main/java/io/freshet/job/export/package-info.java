/**
 * Copies of metrics and history for other systems: which records, and in which format.
 *
 * <p>The formats themselves are in {@code io.freshet.schemas.export}; writing to Kafka belongs in {@code publish}.
 */
@NullMarked
package io.freshet.job.export;

import org.jspecify.annotations.NullMarked;
