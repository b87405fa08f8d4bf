/**
 * Access to Kafka for the commands: client options, topics, and the specifications on the models topic.
 * Record formats are in {@code schemas}; nothing here prints.
 */
@NullMarked
package io.freshet.cli.kafka;

import org.jspecify.annotations.NullMarked;
