package io.freshet.job.pause;

import java.io.IOException;
import java.util.List;
import java.util.TreeSet;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.connector.kafka.source.enumerator.KafkaSourceEnumState;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Flink's enumerator, which also sends the readers what {@link Pauses} decides.
 *
 * <p>Pauses are not state: every subtask and every reader reports when it starts.
 */
final class PausingEnumerator implements SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> {
    private static final Logger LOG = LoggerFactory.getLogger(PausingEnumerator.class);

    private final SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> kafka;
    private final SplitEnumeratorContext<KafkaPartitionSplit> context;
    private final Pauses pauses;
    private TreeSet<Integer> paused = new TreeSet<>();

    PausingEnumerator(
            SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> kafka,
            SplitEnumeratorContext<KafkaPartitionSplit> context,
            int partitions) {
        this.kafka = kafka;
        pauses = new Pauses(partitions);
        this.context = context;
    }

    @Override
    public void handleSourceEvent(int subtask, SourceEvent event) {
        if (event instanceof DemandEvent changed) {
            pauses.demand(changed.operator(), subtask, changed.demand());
            update();
        } else if (event instanceof ReadingEvent changed) {
            pauses.reading(subtask, changed.partitions());
            update();
        } else {
            kafka.handleSourceEvent(subtask, event);
        }
    }

    private void update() {
        TreeSet<Integer> partitions = pauses.paused();
        if (!partitions.equals(paused)) {
            LOG.debug("paused partitions: {}", partitions);
            paused = partitions;
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
