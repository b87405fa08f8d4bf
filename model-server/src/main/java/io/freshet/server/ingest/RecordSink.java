package io.freshet.server.ingest;

import io.freshet.schemas.avro.MalformedRecordException;
import org.jspecify.annotations.Nullable;

/** Takes in the records of a topic, in their order, on one thread. */
@FunctionalInterface
public interface RecordSink {
    /**
     * Takes in a record.
     *
     * @param key null if the record has none
     * @param value null for a tombstone
     * @throws MalformedRecordException if the record is not of the contract; the sink can go on
     */
    void accept(byte @Nullable [] key, byte @Nullable [] value) throws MalformedRecordException;
}
