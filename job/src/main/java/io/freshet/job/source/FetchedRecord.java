package io.freshet.job.source;

import io.freshet.job.record.SourceRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** A record on its way from {@link EncodingInterceptor} to {@link SourceRecordReader}. */
final class FetchedRecord extends ConsumerRecord<byte[], byte[]> {
    private final SourceRecord source;

    FetchedRecord(ConsumerRecord<byte[], byte[]> record, SourceRecord source) {
        super(
                record.topic(),
                record.partition(),
                record.offset(),
                record.timestamp(),
                record.timestampType(),
                record.serializedKeySize(),
                record.serializedValueSize(),
                record.key(),
                record.value(),
                record.headers(),
                record.leaderEpoch());
        this.source = source;
    }

    SourceRecord source() {
        return source;
    }
}
