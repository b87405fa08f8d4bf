/**
 * How the command's tools reach Kafka: settings, topics, and what the compacted topics hold.
 * What a topic's records mean is in {@code schemas}; nothing here prints.
 */
@NullMarked
package io.freshet.cli.kafka;

import org.jspecify.annotations.NullMarked;
