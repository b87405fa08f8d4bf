package io.freshet.job.source;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.connector.kafka.source.enumerator.KafkaSourceEnumState;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Flink's enumerator, which also tells the readers which partitions are paused. Pauses are not state. */
public abstract class PausingEnumerator implements SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> {
    private static final Logger LOG = LoggerFactory.getLogger(PausingEnumerator.class);

    private final SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> kafka;
    private final SplitEnumeratorContext<KafkaPartitionSplit> context;
    private Set<TopicPartition> paused = Set.of();

    protected PausingEnumerator(
            SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> kafka,
            SplitEnumeratorContext<KafkaPartitionSplit> context) {
        this.kafka = kafka;
        this.context = context;
    }

    /** Receives an event of a reader or of another operator. Returns false if it is for Flink's enumerator. */
    protected abstract boolean receive(int subtask, SourceEvent event);

    @Override
    public void handleSourceEvent(int subtask, SourceEvent event) {
        if (!receive(subtask, event)) {
            kafka.handleSourceEvent(subtask, event);
        }
    }

    /** Pauses these partitions, and resumes all others. */
    protected final void pause(Set<TopicPartition> partitions) {
        if (!partitions.equals(paused)) {
            LOG.debug("paused partitions: {}", partitions);
            paused = Set.copyOf(partitions);
            context.registeredReaders().keySet().forEach(this::send);
        }
    }

    private void send(int subtask) {
        context.sendEventToSourceReader(subtask, new PausedEvent(paused));
    }

    @Override
    public void addReader(int subtask) {
        kafka.addReader(subtask);
        if (!paused.isEmpty()) {
            send(subtask);
        }
    }

    @Override
    public void start() {
        kafka.start();
    }

    @Override
    public void handleSplitRequest(int subtask, @Nullable String host) {
        kafka.handleSplitRequest(subtask, host);
    }

    @Override
    public void addSplitsBack(List<KafkaPartitionSplit> splits, int subtask) {
        kafka.addSplitsBack(splits, subtask);
    }

    @Override
    public KafkaSourceEnumState snapshotState(long checkpointId) throws Exception {
        return kafka.snapshotState(checkpointId);
    }

    @Override
    public void notifyCheckpointComplete(long checkpointId) throws Exception {
        kafka.notifyCheckpointComplete(checkpointId);
    }

    @Override
    public void notifyCheckpointAborted(long checkpointId) throws Exception {
        kafka.notifyCheckpointAborted(checkpointId);
    }

    @Override
    public void close() throws IOException {
        kafka.close();
    }
}
