package io.freshet.job.source;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import org.apache.flink.api.common.serialization.DeserializationSchema.InitializationContext;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.base.source.reader.RecordsWithSplitIds;
import org.apache.flink.connector.base.source.reader.synchronization.FutureCompletingBlockingQueue;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.KafkaSourceBuilder;
import org.apache.flink.connector.kafka.source.enumerator.KafkaSourceEnumState;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.metrics.KafkaSourceReaderMetrics;
import org.apache.flink.connector.kafka.source.reader.KafkaPartitionSplitReader;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.streaming.api.lineage.LineageVertex;
import org.apache.flink.streaming.api.lineage.LineageVertexProvider;
import org.apache.flink.util.UserCodeClassLoader;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * Flink's Kafka source, whose partitions pause when its enumerator says so ({@link PausingEnumerator}). Its state is that of
 * Flink's source.
 *
 * <p>Flink pauses splits to align watermarks, and offers no other way.
 *
 * @param <T> what a record is read as
 */
public abstract class PausableSource<T>
        implements Source<T, KafkaPartitionSplit, KafkaSourceEnumState>, ResultTypeQueryable<T>, LineageVertexProvider {
    private static final long serialVersionUID = 1;

    private final KafkaSource<T> kafka;
    private final Properties properties;
    private final KafkaRecordDeserializationSchema<T> deserializer;
    private RecordGate.@Nullable Factory gates;

    /**
     * @param start where to start without a checkpoint
     * @param end where to stop, or null for an unbounded source
     * @param properties of the consumers, including {@code client.id.prefix}
     */
    protected PausableSource(
            List<String> topics,
            OffsetsInitializer start,
            @Nullable OffsetsInitializer end,
            KafkaRecordDeserializationSchema<T> deserializer,
            Properties properties) {
        this.deserializer = deserializer;
        this.properties = new Properties();
        this.properties.putAll(properties);
        // The builder would set these, but does not return them.
        String bytes = ByteArrayDeserializer.class.getName();
        this.properties.setProperty(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, bytes);
        this.properties.setProperty(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, bytes);
        this.properties.setProperty(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        String reset = start.getAutoOffsetResetStrategy().name().toLowerCase(Locale.ROOT);
        this.properties.setProperty(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, reset);
        KafkaSourceBuilder<T> builder = KafkaSource.<T>builder()
                .setTopics(topics)
                .setStartingOffsets(start)
                .setDeserializer(deserializer)
                .setProperties(this.properties);
        if (end != null) {
            builder.setBounded(end);
        }
        kafka = builder.build();
    }

    /** Lets records leave each reader by a gate, or at once if there is none. Returns this source. */
    public PausableSource<T> gatedBy(RecordGate.@Nullable Factory factory) {
        gates = factory;
        return this;
    }

    @Override
    public Boundedness getBoundedness() {
        return kafka.getBoundedness();
    }

    protected KafkaRecordDeserializationSchema<T> deserializer() {
        return deserializer;
    }

    /** Returns a copy of the properties of the consumers. */
    protected Properties properties() {
        Properties copy = new Properties();
        copy.putAll(properties);
        return copy;
    }

    /**
     * Returns what a reader consists of, and opens the deserializer.
     *
     * @param consumer properties of its consumer
     */
    protected PausingReader.Parts parts(SourceReaderContext context, Properties consumer) throws Exception {
        deserializer.open(new ReaderInitialization(context));
        KafkaSourceReaderMetrics metrics = new KafkaSourceReaderMetrics(context.metricGroup());
        FutureCompletingBlockingQueue<RecordsWithSplitIds<ConsumerRecord<byte[], byte[]>>> elements =
                new FutureCompletingBlockingQueue<>();
        PausingFetcherManager fetchers =
                new PausingFetcherManager(elements, () -> splitReader(consumer, context, metrics), splits -> {});
        return new PausingReader.Parts(elements, fetchers, configuration(), context, metrics);
    }

    private KafkaPartitionSplitReader splitReader(
            Properties consumer, SourceReaderContext context, KafkaSourceReaderMetrics metrics) {
        return gates == null
                ? new KafkaPartitionSplitReader(consumer, context, metrics, null)
                : new GatedSplitReader(consumer, context, metrics, gates);
    }

    private Configuration configuration() {
        Configuration configuration = new Configuration();
        properties.stringPropertyNames().forEach(name -> configuration.setString(name, properties.getProperty(name)));
        return configuration;
    }

    /** Returns an enumerator that decides what pauses. */
    protected abstract PausingEnumerator enumerator(
            SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> kafka,
            SplitEnumeratorContext<KafkaPartitionSplit> context);

    @Override
    public SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> createEnumerator(
            SplitEnumeratorContext<KafkaPartitionSplit> context) {
        return enumerator(kafka.createEnumerator(context), context);
    }

    @Override
    public SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> restoreEnumerator(
            SplitEnumeratorContext<KafkaPartitionSplit> context, KafkaSourceEnumState checkpoint) throws IOException {
        return enumerator(kafka.restoreEnumerator(context, checkpoint), context);
    }

    @Override
    public SimpleVersionedSerializer<KafkaPartitionSplit> getSplitSerializer() {
        return kafka.getSplitSerializer();
    }

    @Override
    public SimpleVersionedSerializer<KafkaSourceEnumState> getEnumeratorCheckpointSerializer() {
        return kafka.getEnumeratorCheckpointSerializer();
    }

    @Override
    public TypeInformation<T> getProducedType() {
        return kafka.getProducedType();
    }

    @Override
    public LineageVertex getLineageVertex() {
        return kafka.getLineageVertex();
    }

    private record ReaderInitialization(SourceReaderContext context) implements InitializationContext {
        @Override
        public MetricGroup getMetricGroup() {
            return context.metricGroup().addGroup("deserializer");
        }

        @Override
        public UserCodeClassLoader getUserCodeClassLoader() {
            return context.getUserCodeClassLoader();
        }
    }
}
