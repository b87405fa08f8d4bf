package io.freshet.job.join;

import java.util.function.ToLongFunction;
import org.apache.flink.api.connector.source.SourceOutput;
import org.apache.flink.connector.base.source.reader.RecordEmitter;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplitState;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Flink's emitter of Kafka records, which also tells {@link TaskTime} what it has emitted. */
final class TimedEmitter<T> implements RecordEmitter<ConsumerRecord<byte[], byte[]>, T, KafkaPartitionSplitState> {
    private final KafkaRecordDeserializationSchema<T> deserializer;
    private final ToLongFunction<T> eventTime;
    private final TaskTime time;

    TimedEmitter(KafkaRecordDeserializationSchema<T> deserializer, ToLongFunction<T> eventTime, TaskTime time) {
        this.deserializer = deserializer;
        this.eventTime = eventTime;
        this.time = time;
    }

    @Override
    public void emitRecord(
            ConsumerRecord<byte[], byte[]> record, SourceOutput<T> output, KafkaPartitionSplitState split)
            throws Exception {
        Emitted emitted = new Emitted(output);
        deserializer.deserialize(record, emitted);
        split.setCurrentOffset(record.offset() + 1);
        time.emitted(split.getTopicPartition(), record.offset(), emitted.newest);
    }

    private final class Emitted implements Collector<T> {
        private final SourceOutput<T> output;
        private long newest = EventTimes.NONE;

        Emitted(SourceOutput<T> output) {
            this.output = output;
        }

        @Override
        public void collect(T value) {
            newest = Math.max(newest, eventTime.applyAsLong(value));
            output.collect(value);
        }

        @Override
        public void close() {}
    }
}
