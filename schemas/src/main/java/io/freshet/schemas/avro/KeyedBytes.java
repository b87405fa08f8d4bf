package io.freshet.schemas.avro;

import org.jspecify.annotations.Nullable;

/**
 * The key and value of a Kafka record.
 *
 * @param value null for a tombstone
 */
public record KeyedBytes(byte[] key, byte @Nullable [] value) {}
