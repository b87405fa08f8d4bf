package io.freshet.server.ingest;

import io.freshet.schemas.avro.MalformedRecordException;
import org.jspecify.annotations.Nullable;

/** Receives the records of a topic on one thread, those of a partition once and in order. */
@FunctionalInterface
public interface RecordSink {
    /**
     * Processes a record.
     *
     * @param key null if the record has none
     * @param value null for a tombstone
     * @throws MalformedRecordException if the record is malformed; the sink remains usable
     */
    void accept(byte @Nullable [] key, byte @Nullable [] value, int partition) throws MalformedRecordException;

    /** Learns that the topic was deleted and created again. The records from its beginning follow. */
    default void recreated() {}

    /** Learns that it has received all records that the topic had when it was first reached, or recreated. */
    default void caughtUp() {}

    /** Returns whether the server can do without the topic: a failure or refusal then says nothing about the trainer. */
    default boolean isOptional() {
        return false;
    }
}
