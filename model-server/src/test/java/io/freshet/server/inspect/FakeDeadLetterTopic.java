package io.freshet.server.inspect;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.freshet.schemas.kafka.DeadLetterHeaders;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;

/** A dead-letter topic of one partition in memory, read with Kafka's mock consumer. */
public final class FakeDeadLetterTopic {
    public static final String TOPIC = "freshet.samples-dlt";
    private static final TopicPartition PARTITION = new TopicPartition(TOPIC, 0);

    private final List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    private int opened;

    /** @param model "" for a record that no model could decode */
    public synchronized void add(String stage, String model, String message, long timestamp) {
        RecordHeaders headers = new RecordHeaders();
        DeadLetterHeaders.of("freshet.samples", 0, records.size(), stage, model, message)
                .forEach(headers::add);
        records.add(new ConsumerRecord<>(
                TOPIC,
                0,
                records.size(),
                timestamp,
                TimestampType.CREATE_TIME,
                0,
                0,
                null,
                "a row".getBytes(UTF_8),
                headers,
                Optional.empty()));
    }

    /** Returns a consumer of the records so far. */
    public synchronized Consumer<byte[], byte[]> open() {
        opened++;
        MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");
        if (!records.isEmpty()) {
            consumer.updatePartitions(
                    TOPIC, List.of(new PartitionInfo(TOPIC, 0, Node.noNode(), new Node[0], new Node[0])));
            consumer.updateBeginningOffsets(Map.of(PARTITION, 0L));
            consumer.updateEndOffsets(Map.of(PARTITION, (long) records.size()));
            List<ConsumerRecord<byte[], byte[]>> newest = List.copyOf(records);
            consumer.schedulePollTask(() -> newest.stream()
                    .filter(record -> record.offset() >= consumer.position(PARTITION))
                    .forEach(consumer::addRecord));
        }
        return consumer;
    }

    /** Returns how often the topic was opened. */
    synchronized int opened() {
        return opened;
    }
}
