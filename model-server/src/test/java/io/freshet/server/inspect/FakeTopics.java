package io.freshet.server.inspect;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;

/** Topics of one partition in memory, read with Kafka's mock consumer. */
public final class FakeTopics {
    private static final int POLLED = 7_000;

    private final Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> topics = new HashMap<>();
    private int opened;

    public synchronized void add(String topic, byte[] key, byte[] value, long timestamp) {
        List<ConsumerRecord<byte[], byte[]>> records =
                topics.computeIfAbsent(new TopicPartition(topic, 0), any -> new ArrayList<>());
        records.add(new ConsumerRecord<>(
                topic,
                0,
                records.size(),
                timestamp,
                TimestampType.CREATE_TIME,
                0,
                0,
                key,
                value,
                new RecordHeaders(),
                Optional.empty()));
    }

    /** Returns a consumer of the records so far. */
    public synchronized Consumer<byte[], byte[]> open() {
        opened++;
        Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> known = new HashMap<>();
        topics.forEach((partition, records) -> known.put(partition, List.copyOf(records)));
        MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest") {
            @Override
            public synchronized ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
                for (TopicPartition partition : assignment()) {
                    List<ConsumerRecord<byte[], byte[]>> records = known.get(partition);
                    int from = (int) position(partition);
                    records.subList(from, Math.min(from + POLLED, records.size()))
                            .forEach(this::addRecord);
                }
                return super.poll(timeout);
            }
        };
        known.forEach((partition, records) -> {
            consumer.updatePartitions(
                    partition.topic(),
                    List.of(new PartitionInfo(partition.topic(), 0, Node.noNode(), new Node[0], new Node[0])));
            consumer.updateBeginningOffsets(Map.of(partition, 0L));
            consumer.updateEndOffsets(Map.of(partition, (long) records.size()));
        });
        return consumer;
    }

    /** Returns how many consumers were opened. */
    synchronized int opened() {
        return opened;
    }
}
