/**
 * Access to Kafka for the commands: client options, topics and rights, the specifications on the models topic, and
 * snapshots. Record formats are in {@code schemas}.
 */
@NullMarked
package io.freshet.cli.kafka;

import org.jspecify.annotations.NullMarked;
