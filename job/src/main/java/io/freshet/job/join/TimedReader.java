package io.freshet.job.join;

import io.freshet.job.source.PausingReader;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.connector.base.source.reader.RecordEmitter;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplitState;
import org.apache.flink.core.io.InputStatus;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** A Kafka reader that emits the watermark of {@link TaskTime}, and answers each {@link EndsEvent}. */
final class TimedReader<T> extends PausingReader<T> {
    private final TaskTime time;
    private @Nullable ReaderOutput<T> output;

    TimedReader(
            Parts parts,
            RecordEmitter<ConsumerRecord<byte[], byte[]>, T, KafkaPartitionSplitState> emitter,
            TaskTime time) {
        super(parts, emitter);
        this.time = time;
    }

    @Override
    public InputStatus pollNext(ReaderOutput<T> out) throws Exception {
        output = out;
        return super.pollNext(out);
    }

    @Override
    public void handleSourceEvents(SourceEvent event) {
        if (event instanceof EndsEvent ends) {
            long watermark = time.receive(ends);
            if (output != null && watermark != EventTimes.NONE) {
                output.emitWatermark(new Watermark(watermark));
            }
            context.sendSourceEventToCoordinator(time.progress());
        } else {
            super.handleSourceEvents(event);
        }
    }

    @Override
    public void addSplits(List<KafkaPartitionSplit> added) {
        super.addSplits(added);
        added.forEach(split -> time.add(split.getTopicPartition(), split.getStartingOffset()));
    }

    @Override
    protected void onSplitFinished(Map<String, KafkaPartitionSplitState> finished) {
        super.onSplitFinished(finished);
        finished.values().forEach(split -> time.remove(split.getTopicPartition()));
    }
}
