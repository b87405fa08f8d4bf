package io.freshet.cli.tail;

import io.freshet.schemas.avro.MalformedRecordException;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** What is shown of the records of one topic. */
interface RecordView {
    /**
     * Returns what a record says, by name, in order; null if there is nothing to show of it yet.
     *
     * @throws MalformedRecordException if the record is not of the contract
     */
    @Nullable Map<String, @Nullable Object> fields(ConsumerRecord<byte[], byte[]> record) throws MalformedRecordException;
}
