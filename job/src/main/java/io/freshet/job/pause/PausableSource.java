package io.freshet.job.pause;

import io.freshet.job.record.SourceRecord;
import java.io.IOException;
import java.util.Locale;
import java.util.Properties;
import org.apache.flink.api.common.serialization.DeserializationSchema.InitializationContext;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
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
import org.apache.flink.connector.kafka.source.reader.KafkaRecordEmitter;
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
 * Flink's Kafka source of one topic, whose partitions pause on {@link SourceDemand}. Its state is that of Flink's source.
 *
 * <p>Flink pauses splits to align watermarks, and offers no other way.
 */
public final class PausableSource
        implements Source<SourceRecord, KafkaPartitionSplit, KafkaSourceEnumState>,
                ResultTypeQueryable<SourceRecord>,
                LineageVertexProvider {
    private static final long serialVersionUID = 1;

    private final KafkaSource<SourceRecord> kafka;
    private final int partitions;
    private final Properties properties;
    private final KafkaRecordDeserializationSchema<SourceRecord> deserializer;
    private final boolean marked;
    private RecordGate.@Nullable Factory gates;

    /** Creates a bounded source, for which each partition ends at its {@link EndMarker}. No gate may hold its records. */
    public PausableSource(
            String topic,
            int partitions,
            OffsetsInitializer start,
            KafkaRecordDeserializationSchema<SourceRecord> deserializer,
            Properties properties) {
        this(topic, partitions, start, EndMarker.OFFSETS, deserializer, properties);
    }

    /**
     * @param partitions of the topic
     * @param start where to start without a checkpoint
     * @param end where to stop, or null for an unbounded source
     * @param properties of the consumers, including {@code client.id.prefix}
     */
    public PausableSource(
            String topic,
            int partitions,
            OffsetsInitializer start,
            @Nullable OffsetsInitializer end,
            KafkaRecordDeserializationSchema<SourceRecord> deserializer,
            Properties properties) {
        marked = end == EndMarker.OFFSETS;
        this.partitions = partitions;
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
        KafkaSourceBuilder<SourceRecord> builder = KafkaSource.<SourceRecord>builder()
                .setTopics(topic)
                .setStartingOffsets(start)
                .setDeserializer(deserializer)
                .setProperties(this.properties);
        if (end != null) {
            builder.setBounded(end);
        }
        kafka = builder.build();
    }

    /** Lets records leave each reader by a gate, or at once if there is none. Returns this source. */
    public PausableSource gatedBy(RecordGate.@Nullable Factory factory) {
        gates = factory;
        return this;
    }

    @Override
    public Boundedness getBoundedness() {
        return kafka.getBoundedness();
    }

    @Override
    public SourceReader<SourceRecord, KafkaPartitionSplit> createReader(SourceReaderContext context) throws Exception {
        deserializer.open(new ReaderInitialization(context));
        KafkaSourceReaderMetrics metrics = new KafkaSourceReaderMetrics(context.metricGroup());
        FutureCompletingBlockingQueue<RecordsWithSplitIds<ConsumerRecord<byte[], byte[]>>> elements =
                new FutureCompletingBlockingQueue<>();
        PausingFetcherManager fetchers =
                new PausingFetcherManager(elements, () -> splitReader(context, metrics), splits -> {});
        return new PausingReader(
                elements, fetchers, new KafkaRecordEmitter<>(deserializer), configuration(), context, metrics);
    }

    private KafkaPartitionSplitReader splitReader(SourceReaderContext context, KafkaSourceReaderMetrics metrics) {
        if (marked) {
            return new MarkedSplitReader(properties, context, metrics);
        }
        return gates == null
                ? new KafkaPartitionSplitReader(properties, context, metrics, null)
                : new GatedSplitReader(properties, context, metrics, gates);
    }

    private Configuration configuration() {
        Configuration configuration = new Configuration();
        properties.stringPropertyNames().forEach(name -> configuration.setString(name, properties.getProperty(name)));
        return configuration;
    }

    @Override
    public SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> createEnumerator(
            SplitEnumeratorContext<KafkaPartitionSplit> context) {
        return new PausingEnumerator(kafka.createEnumerator(context), context, partitions);
    }

    @Override
    public SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> restoreEnumerator(
            SplitEnumeratorContext<KafkaPartitionSplit> context, KafkaSourceEnumState checkpoint) throws IOException {
        return new PausingEnumerator(kafka.restoreEnumerator(context, checkpoint), context, partitions);
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
    public TypeInformation<SourceRecord> getProducedType() {
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
