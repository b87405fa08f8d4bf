package io.freshet.schemas.sample;

import io.freshet.learning.features.Row;
import io.freshet.schemas.avro.MalformedRecordException;
import java.util.List;

/** Reads the records of a samples topic into a row, by the layout that it was made for. Not thread-safe. */
public interface RecordDecoder {
    /**
     * Fills a row from a record.
     *
     * <p>A field that the record has not is missing in the row. So is one of the wrong type, and {@link #faults} says what
     * it is: that concerns the models that read it, and no others.
     *
     * @param value the whole value of a Kafka record; the row may keep referring to it
     * @param timestamp of the Kafka record, milliseconds since 1970: the event time of a sample that has none
     * @param row by this decoder's layout
     * @throws MalformedRecordException if the bytes are no record of the format
     */
    void decode(byte[] value, long timestamp, Row row) throws MalformedRecordException;

    /** Returns the name of the only model that the last record was for, or "" for all. */
    String model();

    /** Returns the fields that the last record had and that could not be taken, as {@code age: "x" (expected: a number)}. */
    List<String> faults();
}
