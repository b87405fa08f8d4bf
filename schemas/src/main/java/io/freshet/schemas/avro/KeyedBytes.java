package io.freshet.schemas.avro;

import org.jspecify.annotations.Nullable;

/**
 * A Kafka record to be: key and value.
 *
 * @param value null for a tombstone
 */
public record KeyedBytes(byte[] key, byte @Nullable [] value) {}
