package io.freshet.server.inspect;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Reads the newest records of a topic, within limits of their count and of time. */
final class NewestRecords {
    static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(5);
    /** Records that are read at once when searching backward. */
    private static final int BLOCK = 5_000;

    private static final Duration POLL = Duration.ofMillis(200);

    private NewestRecords() {}

    /** Returns the partitions of a topic; none if it does not exist. */
    static List<TopicPartition> partitions(Consumer<byte[], byte[]> consumer, String topic) {
        List<PartitionInfo> partitions = consumer.partitionsFor(topic, REQUEST_TIMEOUT);
        return partitions == null
                ? List.of()
                : partitions.stream()
                        .map(partition -> new TopicPartition(topic, partition.partition()))
                        .toList();
    }

    /**
     * Returns the newest record of a partition that matches, or null if there is none. Reads backward from the end, in blocks.
     *
     * @param limit of records, about
     * @throws IncompleteException if the record may be before the records that were read
     * @throws KafkaException if a broker does not answer or permit it
     */
    static @Nullable ConsumerRecord<byte[], byte[]> last(
            Consumer<byte[], byte[]> consumer,
            TopicPartition partition,
            Predicate<ConsumerRecord<byte[], byte[]>> matches,
            long limit,
            Duration time)
            throws IncompleteException {
        List<TopicPartition> partitions = List.of(partition);
        consumer.assign(partitions);
        long first = consumer.beginningOffsets(partitions, REQUEST_TIMEOUT).getOrDefault(partition, 0L);
        long end = consumer.endOffsets(partitions, REQUEST_TIMEOUT).getOrDefault(partition, 0L);
        long stop = Math.max(first, end - limit);
        long start = System.nanoTime();
        for (long to = end; to > stop; to = Math.max(stop, to - BLOCK)) {
            ConsumerRecord<byte[], byte[]> found = null;
            consumer.seek(partition, Math.max(stop, to - BLOCK));
            while (consumer.position(partition, REQUEST_TIMEOUT) < to) {
                if (System.nanoTime() - start >= time.toNanos()) {
                    throw new IncompleteException();
                }
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    found = record.offset() < to && matches.test(record) ? record : found;
                }
            }
            if (found != null) {
                return found;
            }
        }
        if (stop > first) {
            throw new IncompleteException();
        }
        return null;
    }

    /** The limits did not suffice to find a record. */
    static final class IncompleteException extends Exception {
        private static final long serialVersionUID = 1;
    }

    /**
     * Passes on the newest records of some partitions, those of each partition in order.
     *
     * @param limit of records, divided equally among the partitions
     * @param time after which reading stops
     * @throws KafkaException if a broker does not answer or permit it
     */
    static void read(
            Consumer<byte[], byte[]> consumer,
            Collection<TopicPartition> partitions,
            long limit,
            Duration time,
            java.util.function.Consumer<ConsumerRecord<byte[], byte[]>> sink) {
        if (partitions.isEmpty()) {
            return;
        }
        consumer.assign(partitions);
        long each = Math.max(1, limit / partitions.size());
        Map<TopicPartition, Long> first = consumer.beginningOffsets(partitions, REQUEST_TIMEOUT);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions, REQUEST_TIMEOUT);
        ends.forEach(
                (partition, end) -> consumer.seek(partition, Math.max(first.getOrDefault(partition, 0L), end - each)));
        long start = System.nanoTime();
        while (System.nanoTime() - start < time.toNanos()
                && ends.entrySet().stream()
                        .anyMatch(end -> consumer.position(end.getKey(), REQUEST_TIMEOUT) < end.getValue())) {
            consumer.poll(POLL).forEach(sink);
        }
    }
}
