/**
 * What is known about Kafka without a client: topic names, record keys and sizes, headers of dead letters, and the
 * names, syntax, and secrets of client settings.
 *
 * <p>Clients belong to the modules that use them: nothing here depends on Kafka.
 */
@NullMarked
package io.freshet.schemas.kafka;

import org.jspecify.annotations.NullMarked;
