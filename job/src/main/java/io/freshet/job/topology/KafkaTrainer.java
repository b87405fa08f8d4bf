package io.freshet.job.topology;

import io.freshet.job.learn.LearnerResources;
import io.freshet.job.publish.Export;
import io.freshet.job.publish.ExportFunction;
import io.freshet.job.publish.KafkaHeartbeats;
import io.freshet.job.source.DemandSource;
import io.freshet.job.source.EncodingInterceptor;
import io.freshet.job.source.KafkaCluster;
import io.freshet.job.source.KafkaEndOffsets;
import io.freshet.job.source.KafkaRounds;
import io.freshet.job.source.KafkaSpecChanges;
import io.freshet.job.source.SchemaGate;
import io.freshet.job.source.SourceRecordReader;
import io.freshet.job.source.SpecTopic;
import io.freshet.job.source.TopicMetadata;
import io.freshet.job.specs.SpecRegistry;
import io.freshet.schemas.avro.ExportedType;
import io.freshet.schemas.kafka.Topics;
import io.freshet.schemas.sample.RecordFormat;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.flink.connector.kafka.source.KafkaSourceOptions;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.jspecify.annotations.Nullable;

/**
 * The trainer on Kafka: its topics as sources and sinks, with their client settings.
 *
 * @param kafka the cluster of all topics
 * @param topics to read and write
 * @param start where to start in the samples topic without a checkpoint
 * @param bounded whether to stop at the current end of the topic
 * @param specs contents of the models topic
 * @param format of the records in the samples topic
 */
public record KafkaTrainer(
        KafkaCluster kafka,
        Topics topics,
        OffsetsInitializer start,
        boolean bounded,
        SpecTopic specs,
        RecordFormat format) {
    /** How long a heartbeat waits for a broker. Later ones follow. */
    private static final String HEARTBEAT_BLOCK_MILLIS = "5000";

    /**
     * Returns the sources, after reading the samples topic's number of partitions and its id.
     *
     * @throws org.apache.kafka.common.KafkaException if the topic does not exist or no broker responds
     */
    public TrainerSources sources() {
        TopicDescription topic = TopicMetadata.describe(kafka, topics.samples());
        return sources(topic.partitions().size(), topic.topicId().toString());
    }

    /** @param topicId of the samples topic; null if unknown */
    TrainerSources sources(int partitions, @Nullable String topicId) {
        DemandSource samples = new DemandSource(
                topics.samples(),
                partitions,
                start,
                bounded ? OffsetsInitializer.latest() : null,
                new SourceRecordReader(),
                samplesProperties());
        return new TrainerSources(
                new TrainerSources.Samples(
                        topics.samples(),
                        topicId,
                        partitions,
                        format,
                        samples.gatedBy(SchemaGate.of(topics.samples(), format)),
                        bounded ? null : new KafkaEndOffsets(topics.samples(), sourceProperties())),
                new TrainerSources.Specs(
                        topics.models(),
                        new SpecRegistry(specs.specs(), specs.parts()),
                        new KafkaSpecChanges(sourceProperties(), topics.models(), specs.end(), bounded)),
                rounds(),
                LearnerResources.DEFAULT);
    }

    private Properties samplesProperties() {
        Properties properties = sourceProperties();
        properties.putIfAbsent(KafkaSourceOptions.CLIENT_ID_PREFIX.key(), topics.prefix() + "-samples");
        properties.putIfAbsent(ConsumerConfig.GROUP_ID_CONFIG, topics.prefix() + "-trainer");
        properties.setProperty(ConsumerConfig.INTERCEPTOR_CLASSES_CONFIG, interceptors());
        return properties;
    }

    private KafkaRounds rounds() {
        Properties consumer = sourceProperties();
        consumer.putAll(KafkaRounds.CONSUMER_DEFAULTS);
        consumer.putAll(kafka.settings());
        Properties producer = clients().producerProperties();
        producer.putAll(KafkaRounds.PRODUCER_DEFAULTS);
        producer.putAll(kafka.settings());
        return new KafkaRounds(topics.rounds(), consumer, producer);
    }

    /** Returns the interceptor that encodes records, after those of the user. */
    private String interceptors() {
        String configured = kafka.settings().get(ConsumerConfig.INTERCEPTOR_CLASSES_CONFIG);
        String own = EncodingInterceptor.class.getName();
        return configured == null ? own : configured + "," + own;
    }

    public TrainerSinks sinks() {
        return sinks(topics.history(), topics.metrics(), null);
    }

    /**
     * Returns the sinks with copies of history and metrics.
     *
     * @throws org.apache.kafka.common.KafkaException if a topic of the copies does not exist or no broker responds
     */
    public TrainerSinks sinks(Export export) {
        String history = export.format().topic(topics.history());
        String metrics = export.format().topic(topics.metrics());
        for (String topic : List.of(history, metrics)) {
            TopicMetadata.partitions(kafka, topic);
        }
        TrainerSinks.Exports exports = new TrainerSinks.Exports(
                new ExportFunction(export, ExportedType.SNAPSHOT, history),
                new ExportFunction(export, ExportedType.EVALUATION, metrics));
        return sinks(history, metrics, exports);
    }

    private TrainerSinks sinks(String historyCopies, String metricsCopies, TrainerSinks.@Nullable Exports exports) {
        return new TrainerSinks(
                clients().sink(topics.parameters()),
                clients().transactional(topics.committed(), topics.committed()),
                clients().lingering(topics.history(), historyCopies),
                new TrainerSinks.Metrics(clients().lingering(topics.metrics(), metricsCopies), heartbeats()),
                clients().lingering(topics.deadLetters(), topics.deadLetters()),
                exports);
    }

    private KafkaHeartbeats heartbeats() {
        return new KafkaHeartbeats(
                topics.metrics(),
                kafka.properties(Map.of(
                        ProducerConfig.CLIENT_ID_CONFIG,
                        topics.prefix() + "-heartbeat",
                        ProducerConfig.MAX_BLOCK_MS_CONFIG,
                        HEARTBEAT_BLOCK_MILLIS)));
    }

    private KafkaClients clients() {
        return new KafkaClients(kafka);
    }

    /** Returns the consumer settings of both sources. */
    public Properties sourceProperties() {
        return clients().sourceProperties();
    }
}
