package io.freshet.job.topology;

import io.freshet.job.export.Export;
import io.freshet.job.export.ExportFunction;
import io.freshet.job.pause.PausableSource;
import io.freshet.job.publish.KafkaHeartbeats;
import io.freshet.job.publish.OutputRecordWriter;
import io.freshet.job.record.OutputRecord;
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
import io.freshet.schemas.export.ExportedType;
import io.freshet.schemas.format.RecordFormat;
import io.freshet.schemas.rounds.RoundsRecord;
import io.freshet.schemas.topic.Topics;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.sink.KafkaSinkBuilder;
import org.apache.flink.connector.kafka.sink.TransactionNamingStrategy;
import org.apache.flink.connector.kafka.source.KafkaSourceOptions;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
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
    /** The default maximum of brokers. A job that is down for longer loses its uncommitted records. */
    private static final String TRANSACTION_TIMEOUT_MILLIS = "900000";

    /** The largest record of the rounds topic and its overhead: a buffer of this size takes it, and is used again. */
    private static final int ROUNDS_BATCH_BYTES = RoundsRecord.LARGEST_PART + (1 << 10);

    /** Ends after a whole number of such records, since one that is cut off is sent again. */
    private static final int ROUNDS_FETCH_BYTES = 8 * ROUNDS_BATCH_BYTES;

    /** Lets the operating system choose the size of a socket's buffer, as it grows. */
    private static final String SYSTEM_BUFFER = "-1";

    /** How long a heartbeat waits for a broker. Later ones follow. */
    private static final String HEARTBEAT_BLOCK_MILLIS = "5000";

    /**
     * Returns the sources, after reading the samples topic's number of partitions.
     *
     * @throws org.apache.kafka.common.KafkaException if the topic does not exist or no broker responds
     */
    public TrainerSources sources() {
        return sources(OffsetsInitializer.latest());
    }

    /**
     * Returns the sources of a bounded run that stops at other offsets than the current end. The offsets may not exist yet.
     *
     * @param end where to stop in the samples topic, if bounded
     */
    public TrainerSources sources(OffsetsInitializer end) {
        return sources(TopicMetadata.partitions(kafka, topics.samples()), end);
    }

    TrainerSources sources(int partitions, OffsetsInitializer end) {
        Properties properties = sourceProperties();
        properties.putIfAbsent(KafkaSourceOptions.CLIENT_ID_PREFIX.key(), topics.prefix() + "-samples");
        properties.putIfAbsent(ConsumerConfig.GROUP_ID_CONFIG, topics.prefix() + "-trainer");
        properties.setProperty(ConsumerConfig.INTERCEPTOR_CLASSES_CONFIG, interceptors());
        PausableSource samples = new PausableSource(
                        topics.samples(), partitions, start, bounded ? end : null, new SourceRecordReader(), properties)
                .gatedBy(SchemaGate.of(format));
        return new TrainerSources(
                new TrainerSources.Samples(
                        topics.samples(),
                        partitions,
                        format,
                        samples,
                        bounded ? null : new KafkaEndOffsets(topics.samples(), sourceProperties())),
                new TrainerSources.Specs(
                        topics.models(),
                        new SpecRegistry(specs.specs(), specs.parts()),
                        new KafkaSpecChanges(sourceProperties(), topics.models(), specs.end(), bounded)),
                rounds(),
                TrainerSources.DEFAULT_CACHE_BYTES);
    }

    /** Returns the rounds topic. Its records are large, contain floats, which do not compress, and have checksums of their own. */
    private KafkaRounds rounds() {
        return new KafkaRounds(
                topics.rounds(),
                sourceProperties(Map.of(
                        ConsumerConfig.CHECK_CRCS_CONFIG,
                        "false",
                        ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG,
                        Integer.toString(ROUNDS_FETCH_BYTES),
                        ConsumerConfig.RECEIVE_BUFFER_CONFIG,
                        SYSTEM_BUFFER)),
                producerProperties(Map.of(
                        ProducerConfig.COMPRESSION_TYPE_CONFIG,
                        "none",
                        ProducerConfig.LINGER_MS_CONFIG,
                        "0",
                        ProducerConfig.BATCH_SIZE_CONFIG,
                        Integer.toString(ROUNDS_BATCH_BYTES),
                        ProducerConfig.SEND_BUFFER_CONFIG,
                        SYSTEM_BUFFER)));
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
                sink(topics.parameters()).build(),
                sink(topics.committed())
                        .setDeliveryGuarantee(DeliveryGuarantee.EXACTLY_ONCE)
                        .setTransactionalIdPrefix(topics.committed())
                        .setTransactionNamingStrategy(TransactionNamingStrategy.POOLING)
                        .build(),
                sink(topics.history(), historyCopies).build(),
                new TrainerSinks.Metrics(sink(topics.metrics(), metricsCopies).build(), heartbeats()),
                sink(topics.deadLetters()).build(),
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

    private KafkaSinkBuilder<OutputRecord> sink(String topic) {
        return sink(topic, topic);
    }

    private KafkaSinkBuilder<OutputRecord> sink(String topic, String copies) {
        return KafkaSink.<OutputRecord>builder()
                .setBootstrapServers(kafka.bootstrapServers())
                .setRecordSerializer(new OutputRecordWriter(topic, copies))
                .setDeliveryGuarantee(DeliveryGuarantee.AT_LEAST_ONCE)
                .setKafkaProducerConfig(producerProperties(Map.of(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4")));
    }

    private Properties producerProperties(Map<String, String> others) {
        Map<String, String> defaults = new HashMap<>(others);
        defaults.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true");
        defaults.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, TRANSACTION_TIMEOUT_MILLIS);
        return kafka.properties(defaults);
    }

    /** Returns the consumer settings of both sources. */
    public Properties sourceProperties() {
        return sourceProperties(Map.of(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, "4194304"));
    }

    private Properties sourceProperties(Map<String, String> others) {
        Map<String, String> defaults = new HashMap<>(others);
        defaults.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        defaults.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, "5000");
        return kafka.properties(defaults);
    }
}
