package io.freshet.job.source;

import io.freshet.job.record.SourceRecord;
import io.freshet.job.record.SourceRecordSerializer;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/** Takes records of the samples topic as they are. An exception here would fail the job, so nothing is looked into. */
public final class SourceRecordReader implements KafkaRecordDeserializationSchema<SourceRecord> {
    private static final long serialVersionUID = 1;
    private static final String[] NO_NAMES = {};
    private static final byte[][] NO_VALUES = {};

    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<SourceRecord> out) {
        out.collect(read(record));
    }

    /** Returns a record as it came. */
    public static SourceRecord read(ConsumerRecord<byte[], byte[]> record) {
        Header[] headers = headers(record.headers());
        String[] names = headers.length == 0 ? NO_NAMES : new String[headers.length];
        byte[][] values = headers.length == 0 ? NO_VALUES : new byte[headers.length][];
        for (int i = 0; i < headers.length; i++) {
            names[i] = headers[i].key();
            values[i] = headers[i].value();
        }
        return new SourceRecord(
                record.partition(), record.offset(), record.timestamp(), record.key(), record.value(), names, values);
    }

    private static Header[] headers(Headers headers) {
        return headers.toArray();
    }

    @Override
    public TypeInformation<SourceRecord> getProducedType() {
        return SourceRecordSerializer.type();
    }
}
