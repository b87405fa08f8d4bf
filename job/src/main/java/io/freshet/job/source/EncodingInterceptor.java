package io.freshet.job.source;

import io.freshet.job.record.EncodedAhead;
import io.freshet.job.record.KeyedSample;
import io.freshet.job.record.RecordEncoder;
import io.freshet.job.record.SourceRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerInterceptor;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Encodes records of the samples topic in the thread that fetches them, while earlier ones wait for the task. Kafka creates it by
 * its class name. The decoder requests an encoder with the first record ({@link EncodedAhead}).
 *
 * <p>Encodes a poll only if the decoder has not received a record of the one before. If it has, the decoder would soon wait, and
 * encodes the poll itself. So the work goes to the thread that has time.
 */
public final class EncodingInterceptor implements ConsumerInterceptor<byte[], byte[]>, EncodedAhead.Fetcher {
    private volatile @Nullable Supplier<RecordEncoder> requested;
    private @Nullable Supplier<RecordEncoder> current;
    private @Nullable RecordEncoder encoder;
    /** Count of polls with records. */
    private long polls;
    /** The newest poll that the decoder has received a record of. */
    private final AtomicLong received = new AtomicLong();

    @Override
    public void use(Supplier<RecordEncoder> newEncoder) {
        requested = newEncoder;
    }

    @Override
    public void received(long poll) {
        received.lazySet(poll);
    }

    @Override
    public ConsumerRecords<byte[], byte[]> onConsume(ConsumerRecords<byte[], byte[]> records) {
        Supplier<RecordEncoder> supplier = requested;
        if (supplier != null && supplier != current) {
            encoder = supplier.get();
            current = supplier;
        }
        RecordEncoder ahead = received.get() < polls ? encoder : null;
        polls += records.isEmpty() ? 0 : 1;
        Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> encoded = new HashMap<>();
        for (TopicPartition partition : records.partitions()) {
            List<ConsumerRecord<byte[], byte[]>> received = records.records(partition);
            List<ConsumerRecord<byte[], byte[]>> list = new ArrayList<>(received.size());
            for (ConsumerRecord<byte[], byte[]> record : received) {
                list.add(new FetchedRecord(record, encode(SourceRecordReader.read(record), ahead)));
            }
            encoded.put(partition, list);
        }
        return new ConsumerRecords<>(encoded, records.nextOffsets());
    }

    private SourceRecord encode(SourceRecord record, @Nullable RecordEncoder ahead) {
        KeyedSample[] samples = ahead == null ? null : ahead.encode(record);
        return record.with(new EncodedAhead(this, current, polls, samples));
    }

    @Override
    public void onCommit(Map<TopicPartition, OffsetAndMetadata> offsets) {}

    @Override
    public void configure(Map<String, ?> configs) {}

    @Override
    public void close() {}
}
