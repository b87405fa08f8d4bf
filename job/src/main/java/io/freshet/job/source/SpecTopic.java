package io.freshet.job.source;

import io.freshet.job.record.SpecChange;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.WarmStartReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * The contents of the models topic before the job starts.
 *
 * @param specs newest specification of each model that is not deleted, ordered by name
 * @param parts warm-start parameters of these specifications
 * @param end offset after the last record read, where the job continues
 */
public record SpecTopic(List<ModelSpec> specs, List<SpecChange.WarmStartPart> parts, long end) {
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration CONNECT = Duration.ofSeconds(30);

    /** Creates the contents without warm starts. */
    public SpecTopic(List<ModelSpec> specs, long end) {
        this(specs, List.of(), end);
    }

    /**
     * Reads the models topic, which has one partition, to its end.
     *
     * @param bounded whether the samples stream is bounded; if not, specifications that require it are skipped
     * @throws KafkaException if the topic does not exist or cannot be read
     */
    public static SpecTopic read(KafkaCluster kafka, String topic, boolean bounded) {
        Properties properties = kafka.properties(Map.of(
                ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG,
                "false",
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                "read_committed"));
        TopicPartition partition = new TopicPartition(topic, 0);
        Map<String, ModelSpec> specs = new TreeMap<>();
        Set<SpecChange.WarmStartPart> parts = new LinkedHashSet<>();
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            requireExists(consumer, kafka, topic);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
            while (consumer.position(partition) < end) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    apply(SpecChangeReader.read(record, bounded), specs, parts);
                }
            }
            parts.removeIf(part -> !startsFrom(specs.get(part.name()), part));
            return new SpecTopic(new ArrayList<>(specs.values()), List.copyOf(parts), consumer.position(partition));
        }
    }

    private static void requireExists(KafkaConsumer<?, ?> consumer, KafkaCluster kafka, String topic) {
        List<PartitionInfo> partitions;
        try {
            partitions = consumer.partitionsFor(topic, CONNECT);
        } catch (TimeoutException e) {
            throw new KafkaException(
                    "Kafka at " + kafka.bootstrapServers() + ": no answer within " + CONNECT.toSeconds() + " s", e);
        }
        if (partitions.isEmpty()) {
            throw new KafkaException("topic " + topic + ": does not exist (expected: freshet topics create)");
        }
    }

    private static void apply(
            @Nullable SpecChange change, Map<String, ModelSpec> specs, Set<SpecChange.WarmStartPart> parts) {
        if (change instanceof SpecChange.Applied applied) {
            specs.put(applied.name(), applied.spec());
        } else if (change instanceof SpecChange.WarmStartPart part) {
            parts.add(part);
        } else if (change != null) {
            specs.remove(change.name());
        }
    }

    private static boolean startsFrom(@Nullable ModelSpec spec, SpecChange.WarmStartPart part) {
        WarmStartReference warmStart = spec == null ? null : spec.stream().warmStart();
        return warmStart != null && warmStart.checksum().equals(part.checksum());
    }
}
