package io.freshet.job.specs;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplitSerializer;
import org.apache.flink.core.io.SimpleVersionedSerialization;
import org.apache.kafka.common.TopicPartition;

/**
 * The position of the next change, in operator state. Every subtask stores the same position. Only one whose input has ended may
 * be behind. It is broadcast state, like the specifications: after rescaling, Flink copies both from the same subtask, so that a
 * subtask misses no change and receives none twice.
 *
 * <p>It is list state as well, as in earlier checkpoints, of which any is enough. The format is that of a Kafka source which reads the models topic, as in jobs before the coordinator: the split of
 * partition 0, whose start is the position. It stops there if the input has ended.
 */
final class SpecPosition {
    /** The position of a subtask without state, when others have it. */
    static final long UNKNOWN = -1;
    /** Stands for a subtask that is restored as finished, and needs no changes. */
    static final long FINISHED = -2;

    private static final ListStateDescriptor<byte[]> STATE =
            new ListStateDescriptor<>("SourceReaderState", BytePrimitiveArraySerializer.INSTANCE);
    private static final MapStateDescriptor<String, byte[]> BROADCAST =
            new MapStateDescriptor<>("position", StringSerializer.INSTANCE, BytePrimitiveArraySerializer.INSTANCE);
    private static final String NEXT = "next";
    private static final KafkaPartitionSplitSerializer SERIALIZER = new KafkaPartitionSplitSerializer();

    private final ListState<byte[]> state;
    private final BroadcastState<String, byte[]> broadcast;
    private final TopicPartition partition;

    SpecPosition(OperatorStateStore store, String topic) throws Exception {
        state = store.getListState(STATE);
        broadcast = store.getBroadcastState(BROADCAST);
        partition = new TopicPartition(topic, 0);
    }

    /** Returns the stored position, or {@link #UNKNOWN} if only other subtasks have it. */
    SpecPositionEvent read() throws Exception {
        byte[] copied = broadcast.get(NEXT);
        if (copied != null) {
            return event(copied);
        }
        SpecPositionEvent newest = new SpecPositionEvent(UNKNOWN, false);
        for (byte[] bytes : state.get()) {
            SpecPositionEvent each = event(bytes);
            newest = each.position() > newest.position() ? each : newest;
        }
        return newest;
    }

    private static SpecPositionEvent event(byte[] bytes) throws IOException {
        KafkaPartitionSplit split = SimpleVersionedSerialization.readVersionAndDeSerialize(SERIALIZER, bytes);
        return new SpecPositionEvent(
                split.getStartingOffset(), split.getStoppingOffset().isPresent());
    }

    void write(long position, boolean ended) throws Exception {
        List<byte[]> splits = new ArrayList<>();
        if (position != UNKNOWN) {
            KafkaPartitionSplit split = ended
                    ? new KafkaPartitionSplit(partition, position, position)
                    : new KafkaPartitionSplit(partition, position);
            byte[] bytes = SimpleVersionedSerialization.writeVersionAndSerialize(SERIALIZER, split);
            splits.add(bytes);
            broadcast.put(NEXT, bytes);
        }
        state.update(splits);
    }
}
