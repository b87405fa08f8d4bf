package io.freshet.job.join;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.ConsumerInterceptor;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * How far the consumer of a reader is. It passes over offsets that have no record for it, such as those of transactions, so the
 * last record of a partition may never be the one before its end. Thread-safe.
 */
final class FetchedOffsets {
    /** The property of a consumer that has the instance of its reader. */
    static final String CONFIG = "freshet.fetched.offsets";

    private static final long NONE = Long.MIN_VALUE;

    private final Map<TopicPartition, Fetched> newest = new ConcurrentHashMap<>();

    /**
     * What the consumer returned of one partition.
     *
     * @param last offset of the last record; {@link #NONE} without records
     * @param position offset to fetch next
     */
    private record Fetched(long last, long position) {}

    void fetched(ConsumerRecords<byte[], byte[]> records) {
        records.nextOffsets().forEach((partition, next) -> {
            List<ConsumerRecord<byte[], byte[]>> list = records.records(partition);
            Fetched before = newest.get(partition);
            long last = before == null ? NONE : before.last;
            newest.put(
                    partition,
                    new Fetched(
                            list.isEmpty() ? last : list.get(list.size() - 1).offset(), next.offset()));
        });
    }

    /**
     * Returns the offset before which nothing of a partition remains to be emitted.
     *
     * @param next offset after the last record emitted
     */
    long position(TopicPartition partition, long next) {
        Fetched fetched = newest.get(partition);
        return fetched != null && next > fetched.last ? Math.max(next, fetched.position) : next;
    }

    /** Receives what a consumer returns. Kafka creates it by its class name. */
    public static final class Interceptor implements ConsumerInterceptor<byte[], byte[]> {
        private @Nullable FetchedOffsets offsets;

        @Override
        public void configure(Map<String, ?> configs) {
            offsets = (FetchedOffsets) configs.get(CONFIG);
        }

        @Override
        public ConsumerRecords<byte[], byte[]> onConsume(ConsumerRecords<byte[], byte[]> records) {
            Objects.requireNonNull(offsets, CONFIG).fetched(records);
            return records;
        }

        @Override
        public void onCommit(Map<TopicPartition, OffsetAndMetadata> committed) {}

        @Override
        public void close() {}
    }
}
