package io.freshet.job.control;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplitSerializer;
import org.apache.flink.core.io.SimpleVersionedSerialization;
import org.apache.kafka.common.TopicPartition;

/**
 * The position of the next change, in operator state. Every subtask stores the same position, so any of them is enough after
 * rescaling. Only a subtask whose input has ended may be behind.
 *
 * <p>The format is that of a Kafka source which reads the models topic, as in jobs before the coordinator: the split of
 * partition 0, whose start is the position. It stops there if the input has ended.
 */
final class SpecPosition {
    /** The position of a subtask without state, when others have it. */
    static final long UNKNOWN = -1;
    /** Stands for a subtask that is restored as finished, and needs no changes. */
    static final long FINISHED = -2;

    private static final ListStateDescriptor<byte[]> STATE =
            new ListStateDescriptor<>("SourceReaderState", BytePrimitiveArraySerializer.INSTANCE);
    private static final KafkaPartitionSplitSerializer SERIALIZER = new KafkaPartitionSplitSerializer();

    private final ListState<byte[]> state;
    private final TopicPartition partition;

    SpecPosition(OperatorStateStore store, String topic) throws Exception {
        state = store.getListState(STATE);
        partition = new TopicPartition(topic, 0);
    }

    /** Returns the stored position, or {@link #UNKNOWN} if only other subtasks have it. */
    SpecPositionEvent read() throws Exception {
        SpecPositionEvent newest = new SpecPositionEvent(UNKNOWN, false);
        for (byte[] bytes : state.get()) {
            KafkaPartitionSplit split = split(bytes);
            if (split.getStartingOffset() > newest.position()) {
                newest = new SpecPositionEvent(
                        split.getStartingOffset(), split.getStoppingOffset().isPresent());
            }
        }
        return newest;
    }

    private static KafkaPartitionSplit split(byte[] bytes) throws IOException {
        return SimpleVersionedSerialization.readVersionAndDeSerialize(SERIALIZER, bytes);
    }

    void write(long position, boolean ended) throws Exception {
        List<byte[]> splits = new ArrayList<>();
        if (position != UNKNOWN) {
            KafkaPartitionSplit split = ended
                    ? new KafkaPartitionSplit(partition, position, position)
                    : new KafkaPartitionSplit(partition, position);
            splits.add(SimpleVersionedSerialization.writeVersionAndSerialize(SERIALIZER, split));
        }
        state.update(splits);
    }
}
