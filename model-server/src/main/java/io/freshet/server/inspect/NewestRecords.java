package io.freshet.server.inspect;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;

/** Reads the newest records of a topic, within limits of their count and of time. */
final class NewestRecords {
    static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(5);
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
