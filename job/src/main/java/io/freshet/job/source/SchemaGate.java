package io.freshet.job.source;

import io.freshet.schemas.sample.ConfluentDecoder;
import io.freshet.schemas.sample.RecordFormat;
import io.freshet.schemas.sample.SchemaAnswer;
import io.freshet.schemas.sample.SchemaLookups;
import io.freshet.schemas.sample.SchemaRegistry;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** Lets a record of a topic pass with the registry's answer for its schema. Other records pass at once. */
public record SchemaGate(String topic, SchemaLookups lookups) implements RecordGate {
    /** Returns the gate for a topic with records of a format, or null if they need no schemas from a registry. */
    public static RecordGate.@Nullable Factory of(String topic, RecordFormat format) {
        SchemaRegistry registry = format.registry();
        return registry == null ? null : changed -> new SchemaGate(topic, registry.lookups(changed));
    }

    @Override
    public @Nullable ConsumerRecord<byte[], byte[]> pass(ConsumerRecord<byte[], byte[]> record) {
        byte[] value = record.value();
        if (value == null || !record.topic().equals(topic) || !ConfluentDecoder.isFramed(value)) {
            return record;
        }
        SchemaAnswer answer = lookups.answer(ConfluentDecoder.schemaId(value));
        return answer == null
                ? null
                : new FetchedRecord(record, SourceRecordReader.received(record).withSchema(answer));
    }

    @Override
    public void close() {
        lookups.close();
    }
}
