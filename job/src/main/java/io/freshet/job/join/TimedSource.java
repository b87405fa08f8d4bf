package io.freshet.job.join;

import io.freshet.job.source.PausableSource;
import io.freshet.job.source.PausingEnumerator;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.function.ToLongFunction;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.connector.kafka.source.enumerator.KafkaSourceEnumState;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.util.clock.SystemClock;
import org.apache.flink.util.function.SerializableSupplier;
import org.apache.kafka.clients.consumer.ConsumerConfig;

/**
 * A source of several topics that emits its own watermarks: a partition delays them until it is read to its end. Partitions that
 * are ahead pause, so that what waits for the others remains small.
 */
public final class TimedSource<T> extends PausableSource<T> {
    private static final long serialVersionUID = 1;
    /** Longer than some rounds, in which tasks go on, and short beside the time that an id is kept. */
    private static final Duration AHEAD = Duration.ofMinutes(10);

    private final Timing<T> timing;
    private final SerializableSupplier<LogEnds> ends;

    /**
     * How records move event time.
     *
     * @param eventTime of a record; {@link Long#MIN_VALUE} if it has none
     * @param outOfOrder by how much records of a partition may be out of order
     * @param idle for how long a partition that is read to its end still delays the watermark after its last event time
     */
    public record Timing<T>(EventTime<T> eventTime, Duration outOfOrder, Duration idle) implements Serializable {
        /** Returns the event time of a record. */
        public interface EventTime<T> extends ToLongFunction<T>, Serializable {}
    }

    /**
     * @param start where to start without a checkpoint
     * @param properties of the consumers, including {@code client.id.prefix}
     * @param ends creates those of an enumerator, which closes them: after some failures, another one follows
     */
    public TimedSource(
            List<String> topics,
            OffsetsInitializer start,
            KafkaRecordDeserializationSchema<T> deserializer,
            Properties properties,
            Timing<T> timing,
            SerializableSupplier<LogEnds> ends) {
        super(topics, new KnownStart(start), null, deserializer, properties);
        this.timing = timing;
        this.ends = ends;
    }

    @Override
    public SourceReader<T, KafkaPartitionSplit> createReader(SourceReaderContext context) throws Exception {
        FetchedOffsets fetched = new FetchedOffsets();
        Properties consumer = properties();
        consumer.put(FetchedOffsets.CONFIG, fetched);
        // After those of the user.
        consumer.merge(
                ConsumerConfig.INTERCEPTOR_CLASSES_CONFIG,
                FetchedOffsets.Interceptor.class.getName(),
                (users, own) -> users + "," + own);
        TaskTime time = new TaskTime(timing.outOfOrder, timing.idle, fetched, SystemClock.getInstance());
        return new TimedReader<>(
                parts(context, consumer), new TimedEmitter<>(deserializer(), timing.eventTime, time), time);
    }

    @Override
    protected PausingEnumerator enumerator(
            SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> kafka,
            SplitEnumeratorContext<KafkaPartitionSplit> context) {
        return new TimedEnumerator(kafka, context, new EventTimes(AHEAD), ends.get(), SystemClock.getInstance());
    }
}
