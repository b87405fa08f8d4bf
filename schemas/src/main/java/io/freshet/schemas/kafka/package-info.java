/**
 * How command lines spell the settings of Kafka clients.
 *
 * <p>The clients themselves belong to the modules that use them: nothing here depends on Kafka.
 */
@NullMarked
package io.freshet.schemas.kafka;

import org.jspecify.annotations.NullMarked;
