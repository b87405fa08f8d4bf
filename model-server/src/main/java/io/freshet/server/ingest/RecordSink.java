package io.freshet.server.ingest;

import io.freshet.schemas.avro.MalformedRecordException;
import org.jspecify.annotations.Nullable;

/** Receives the records of a topic, in order, on one thread. */
@FunctionalInterface
public interface RecordSink {
    /**
     * Processes a record.
     *
     * @param key null if the record has none
     * @param value null for a tombstone
     * @throws MalformedRecordException if the record is malformed; the sink remains usable
     */
    void accept(byte @Nullable [] key, byte @Nullable [] value) throws MalformedRecordException;
}
