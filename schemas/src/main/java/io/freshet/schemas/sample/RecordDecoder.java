package io.freshet.schemas.sample;

import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.schemas.avro.MalformedRecordException;
import java.util.List;

/** Reads the records of a samples topic into rows of one layout. Not thread-safe. */
public interface RecordDecoder {
    /**
     * Fills a row from a record.
     *
     * <p>A field that the record lacks is missing in the row. A field of the wrong type is also missing, and {@link #faults}
     * reports it: it concerns only the models that use it.
     *
     * @param value the whole value of a Kafka record; the row may keep referring to it
     * @param timestamp of the Kafka record, milliseconds since 1970: the event time of a sample without one
     * @param row of this decoder's layout
     * @throws MalformedRecordException if the bytes are not a record of the format
     */
    void decode(byte[] value, long timestamp, Row row) throws MalformedRecordException;

    /** Returns the name of the only model that the last record was for, or "" for all. */
    String model();

    /** Returns the invalid fields of the last record, such as {@code age: "x" (expected: a number)}. */
    List<InvalidSampleException> faults();
}
