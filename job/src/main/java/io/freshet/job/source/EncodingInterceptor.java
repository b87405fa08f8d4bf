package io.freshet.job.source;

import io.freshet.job.record.EncodedAhead;
import io.freshet.job.record.KeyedSample;
import io.freshet.job.record.RecordEncoder;
import io.freshet.job.record.SourceRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerInterceptor;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Encodes records of the samples topic in the thread that fetches them, while the task learns earlier ones. Kafka creates it by
 * its class name. The decoder requests an encoder with the first record ({@link EncodedAhead}).
 */
public final class EncodingInterceptor implements ConsumerInterceptor<byte[], byte[]>, EncodedAhead.Fetcher {
    private volatile @Nullable Supplier<RecordEncoder> requested;
    private @Nullable Supplier<RecordEncoder> current;
    private @Nullable RecordEncoder encoder;

    @Override
    public void use(Supplier<RecordEncoder> newEncoder) {
        requested = newEncoder;
    }

    @Override
    public ConsumerRecords<byte[], byte[]> onConsume(ConsumerRecords<byte[], byte[]> records) {
        Supplier<RecordEncoder> supplier = requested;
        if (supplier != null && supplier != current) {
            encoder = supplier.get();
            current = supplier;
        }
        Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> encoded = new HashMap<>();
        for (TopicPartition partition : records.partitions()) {
            List<ConsumerRecord<byte[], byte[]>> received = records.records(partition);
            List<ConsumerRecord<byte[], byte[]>> list = new ArrayList<>(received.size());
            for (ConsumerRecord<byte[], byte[]> record : received) {
                list.add(new FetchedRecord(record, encode(SourceRecordReader.read(record))));
            }
            encoded.put(partition, list);
        }
        return new ConsumerRecords<>(encoded, records.nextOffsets());
    }

    private SourceRecord encode(SourceRecord record) {
        KeyedSample[] samples = encoder == null ? null : encoder.encode(record);
        return record.with(new EncodedAhead(this, current, samples));
    }

    @Override
    public void onCommit(Map<TopicPartition, OffsetAndMetadata> offsets) {}

    @Override
    public void configure(Map<String, ?> configs) {}

    @Override
    public void close() {}
}
