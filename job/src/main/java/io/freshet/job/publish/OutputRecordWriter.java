package io.freshet.job.publish;

import io.freshet.job.record.OutputRecord;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.apache.flink.connector.kafka.lineage.DefaultKafkaDatasetFacet;
import org.apache.flink.connector.kafka.lineage.DefaultKafkaDatasetIdentifier;
import org.apache.flink.connector.kafka.lineage.KafkaDatasetFacet;
import org.apache.flink.connector.kafka.lineage.KafkaDatasetFacetProvider;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/**
 * Converts outgoing records to Kafka records. A snapshot's manifest and blocks have different keys but share a partition key,
 * and thus a partition.
 */
public final class OutputRecordWriter
        implements KafkaRecordSerializationSchema<OutputRecord>, KafkaDatasetFacetProvider {
    private static final long serialVersionUID = 1;

    private final String topic;
    private final String exportTopic;

    /** @param exportTopic topic of the copies for other systems; {@code topic} if there are none */
    public OutputRecordWriter(String topic, String exportTopic) {
        this.topic = topic;
        this.exportTopic = exportTopic;
    }

    /** Names the topic in which a transactional sink aborts open transactions after a failure. */
    @Override
    public Optional<KafkaDatasetFacet> getKafkaDatasetFacet() {
        return Optional.of(new DefaultKafkaDatasetFacet(DefaultKafkaDatasetIdentifier.ofTopics(List.of(topic))));
    }

    @Override
    public ProducerRecord<byte[], byte[]> serialize(
            OutputRecord out, KafkaSinkContext context, @Nullable Long elementTimestamp) {
        String target = out.export() ? exportTopic : topic;
        Integer partition = null;
        if (!out.partitionKey().isEmpty()) {
            int partitions = context.getPartitionsForTopic(target).length;
            byte[] partitionKey = out.partitionKey().getBytes(StandardCharsets.UTF_8);
            partition = Utils.toPositive(Utils.murmur2(partitionKey)) % partitions;
        }
        long timestamp = Math.max(0, out.timestamp());
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(target, partition, timestamp, out.key(), out.value());
        for (int i = 0; i < out.headers().count(); i++) {
            record.headers().add(out.headers().names()[i], out.headers().values()[i]);
        }
        return record;
    }
}
