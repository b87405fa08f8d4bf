package io.freshet.job.source;

import io.freshet.job.record.RecordHeaders;
import io.freshet.job.record.SourceRecord;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/** Reads records of the samples topic without parsing them: an exception here would fail the job. */
public final class SourceRecordReader implements KafkaRecordDeserializationSchema<SourceRecord> {
    private static final long serialVersionUID = 1;

    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<SourceRecord> out) {
        out.collect(received(record));
    }

    /** Returns a record with what the fetching thread has added to it. */
    public static SourceRecord received(ConsumerRecord<byte[], byte[]> record) {
        return record instanceof FetchedRecord fetched ? fetched.source() : read(record);
    }

    /** Returns a record as received. */
    public static SourceRecord read(ConsumerRecord<byte[], byte[]> record) {
        return new SourceRecord(
                record.partition(),
                record.offset(),
                record.timestamp(),
                record.key(),
                record.value(),
                headers(record.headers().toArray()));
    }

    private static RecordHeaders headers(Header[] headers) {
        if (headers.length == 0) {
            return RecordHeaders.NONE;
        }
        String[] names = new String[headers.length];
        byte[][] values = new byte[headers.length][];
        for (int i = 0; i < headers.length; i++) {
            names[i] = headers[i].key();
            values[i] = headers[i].value();
        }
        return new RecordHeaders(names, values);
    }

    @Override
    public TypeInformation<SourceRecord> getProducedType() {
        return SourceRecord.TYPE;
    }
}
