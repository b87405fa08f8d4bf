/**
 * Command-line syntax, names, and secrets of Kafka client settings.
 *
 * <p>Clients belong to the modules that use them: nothing here depends on Kafka.
 */
@NullMarked
package io.freshet.schemas.kafka;

import org.jspecify.annotations.NullMarked;
