package io.freshet.job.source;

import io.freshet.job.record.SourceRecord;
import java.util.List;
import java.util.Properties;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.connector.kafka.source.enumerator.KafkaSourceEnumState;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.reader.KafkaRecordEmitter;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.jspecify.annotations.Nullable;

/** A source of one topic whose partitions pause on {@link SourceDemand}. */
public final class DemandSource extends PausableSource<SourceRecord> {
    private static final long serialVersionUID = 1;

    private final String topic;
    private final int partitions;

    /**
     * @param partitions of the topic
     * @param start where to start without a checkpoint
     * @param end where to stop, or null for an unbounded source
     * @param properties of the consumers, including {@code client.id.prefix}
     */
    public DemandSource(
            String topic,
            int partitions,
            OffsetsInitializer start,
            @Nullable OffsetsInitializer end,
            KafkaRecordDeserializationSchema<SourceRecord> deserializer,
            Properties properties) {
        super(List.of(topic), start, end, deserializer, properties);
        this.topic = topic;
        this.partitions = partitions;
    }

    @Override
    public SourceReader<SourceRecord, KafkaPartitionSplit> createReader(SourceReaderContext context) throws Exception {
        return new PausingReader<>(parts(context, properties()), new KafkaRecordEmitter<>(deserializer()));
    }

    @Override
    protected PausingEnumerator enumerator(
            SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> kafka,
            SplitEnumeratorContext<KafkaPartitionSplit> context) {
        return new DemandEnumerator(kafka, context, topic, partitions);
    }
}
