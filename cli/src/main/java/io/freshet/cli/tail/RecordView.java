package io.freshet.cli.tail;

import io.freshet.schemas.avro.MalformedRecordException;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** Shows the records of one topic. */
interface RecordView {
    /**
     * Returns the fields of a record in display order, or null if it must be combined with later records.
     *
     * @throws MalformedRecordException if the record cannot be decoded
     */
    @Nullable Map<String, @Nullable Object> fields(ConsumerRecord<byte[], byte[]> record) throws MalformedRecordException;

    /** Returns the text of a record's fields. */
    default String text(ConsumerRecord<byte[], byte[]> record, Map<String, @Nullable Object> fields) {
        return FieldText.line(record, fields);
    }

    /** Returns whether the text output omits a record because it says about what one before it said. */
    default boolean isRepetition(ConsumerRecord<byte[], byte[]> record, Map<String, @Nullable Object> fields) {
        return false;
    }
}
