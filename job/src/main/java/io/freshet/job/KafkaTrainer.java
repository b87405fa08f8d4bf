package io.freshet.job;

import io.freshet.job.decode.SpecRegistry;
import io.freshet.job.observe.KafkaEndOffsets;
import io.freshet.job.publish.OutputRecordWriter;
import io.freshet.job.record.OutputRecord;
import io.freshet.job.record.SourceRecord;
import io.freshet.job.record.SpecChange;
import io.freshet.job.source.SourceRecordReader;
import io.freshet.job.source.SpecChangeReader;
import io.freshet.schemas.format.RecordFormat;
import io.freshet.schemas.topic.Topics;
import java.util.Map;
import java.util.Properties;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.sink.KafkaSinkBuilder;
import org.apache.flink.connector.kafka.sink.TransactionNamingStrategy;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.KafkaSourceBuilder;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.TopicPartition;

/**
 * The trainer on Kafka: which topics its sources and sinks are, and how their clients are set.
 *
 * @param bootstrapServers host:port of brokers, comma-separated
 * @param topics where to read and write
 * @param start where to begin in the samples topic if there is no checkpoint
 * @param bounded whether to end where the topic ends now
 * @param specs what the models topic held, and where its end was
 * @param format of the records of the samples topic
 * @param kafka settings of every client, over ours
 */
public record KafkaTrainer(
        String bootstrapServers,
        Topics topics,
        OffsetsInitializer start,
        boolean bounded,
        SpecTopic specs,
        RecordFormat format,
        Map<String, String> kafka) {
    /** The longest that a broker takes by default: a job that is down for longer loses what was not yet committed. */
    private static final String TRANSACTION_TIMEOUT_MILLIS = "900000";

    /**
     * Asks the brokers how many partitions the samples topic has.
     *
     * @throws org.apache.kafka.common.KafkaException if they cannot say
     */
    public TrainerSources sources() {
        return sources(SamplesTopic.partitions(bootstrapServers, topics.samples(), kafka));
    }

    TrainerSources sources(int partitions) {
        KafkaSourceBuilder<SourceRecord> samples = KafkaSource.<SourceRecord>builder()
                .setTopics(topics.samples())
                .setStartingOffsets(start)
                .setDeserializer(new SourceRecordReader())
                .setClientIdPrefix(topics.prefix() + "-samples")
                .setGroupId(topics.prefix() + "-trainer")
                .setProperties(sourceProperties());
        TopicPartition models = new TopicPartition(topics.models(), 0);
        KafkaSourceBuilder<SpecChange> changes = KafkaSource.<SpecChange>builder()
                .setTopics(topics.models())
                .setStartingOffsets(OffsetsInitializer.offsets(Map.of(models, specs.end())))
                .setDeserializer(new SpecChangeReader(bounded))
                .setClientIdPrefix(topics.prefix() + "-models")
                .setGroupId(topics.prefix() + "-trainer-models")
                .setProperties(sourceProperties());
        if (bounded) {
            samples.setBounded(OffsetsInitializer.latest());
            changes.setBounded(OffsetsInitializer.latest());
        }
        return new TrainerSources(
                topics.samples(),
                partitions,
                samples.build(),
                changes.build(),
                new SpecRegistry(specs.specs(), specs.parts()),
                format,
                bounded ? null : new KafkaEndOffsets(topics.samples(), sourceProperties()),
                TrainerSources.DEFAULT_CACHE_BYTES);
    }

    public TrainerSinks sinks() {
        return new TrainerSinks(
                sink(topics.parameters()).build(),
                sink(topics.committed())
                        .setDeliveryGuarantee(DeliveryGuarantee.EXACTLY_ONCE)
                        .setTransactionalIdPrefix(topics.committed())
                        .setTransactionNamingStrategy(TransactionNamingStrategy.POOLING)
                        .build(),
                sink(topics.history()).build(),
                sink(topics.metrics()).build(),
                sink(topics.deadLetters()).build());
    }

    private KafkaSinkBuilder<OutputRecord> sink(String topic) {
        Properties properties = new Properties();
        properties.setProperty(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
        properties.setProperty(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true");
        properties.setProperty(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, TRANSACTION_TIMEOUT_MILLIS);
        properties.putAll(kafka);
        return KafkaSink.<OutputRecord>builder()
                .setBootstrapServers(bootstrapServers)
                .setRecordSerializer(new OutputRecordWriter(topic))
                .setDeliveryGuarantee(DeliveryGuarantee.AT_LEAST_ONCE)
                .setKafkaProducerConfig(properties);
    }

    private Properties sourceProperties() {
        Properties properties = new Properties();
        properties.setProperty(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        properties.setProperty(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.setProperty(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, "5000");
        properties.putAll(kafka);
        return properties;
    }
}
