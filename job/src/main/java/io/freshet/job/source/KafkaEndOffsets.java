package io.freshet.job.source;

import io.freshet.job.observe.EndOffsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/** Reads end offsets from the brokers. Connects on the first read. */
public final class KafkaEndOffsets implements EndOffsets {
    private static final long serialVersionUID = 1;
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final String topic;
    private final Properties properties;
    private transient @Nullable KafkaConsumer<byte[], byte[]> consumer;

    /** @param properties of the consumer, including the bootstrap servers */
    public KafkaEndOffsets(String topic, Properties properties) {
        this.topic = topic;
        this.properties = properties;
    }

    @Override
    public long[] read() {
        KafkaConsumer<byte[], byte[]> open = consumer;
        if (open == null) {
            open = new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
            consumer = open;
        }
        List<TopicPartition> partitions = open.partitionsFor(topic, TIMEOUT).stream()
                .map(partition -> new TopicPartition(topic, partition.partition()))
                .toList();
        if (open.assignment().size() != partitions.size()) {
            // The client warns about each end offset of a partition that is not assigned. Nothing is fetched without a
            // poll.
            open.assign(partitions);
        }
        Map<TopicPartition, Long> offsets = open.endOffsets(partitions, TIMEOUT);
        long[] ends = new long
                [1
                        + partitions.stream()
                                .mapToInt(TopicPartition::partition)
                                .max()
                                .orElse(-1)];
        offsets.forEach((partition, end) -> ends[partition.partition()] = end);
        return ends;
    }

    @Override
    public void close() {
        if (consumer != null) {
            consumer.close();
            consumer = null;
        }
    }
}
