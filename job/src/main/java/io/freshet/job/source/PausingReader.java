package io.freshet.job.source;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.base.source.reader.RecordEmitter;
import org.apache.flink.connector.base.source.reader.RecordsWithSplitIds;
import org.apache.flink.connector.base.source.reader.synchronization.FutureCompletingBlockingQueue;
import org.apache.flink.connector.kafka.source.metrics.KafkaSourceReaderMetrics;
import org.apache.flink.connector.kafka.source.reader.KafkaSourceReader;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplitState;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * A Kafka reader that pauses the partitions that its enumerator names, also those that it is assigned later.
 *
 * @param <T> what a record is read as
 */
public class PausingReader<T> extends KafkaSourceReader<T> {
    private final PausingFetcherManager fetchers;
    /** By id. */
    private final Map<String, KafkaPartitionSplit> splits = new HashMap<>();

    private Set<TopicPartition> paused = Set.of();

    /** What every such reader consists of. */
    public record Parts(
            FutureCompletingBlockingQueue<RecordsWithSplitIds<ConsumerRecord<byte[], byte[]>>> elements,
            PausingFetcherManager fetchers,
            Configuration configuration,
            SourceReaderContext context,
            KafkaSourceReaderMetrics metrics) {}

    public PausingReader(
            Parts parts, RecordEmitter<ConsumerRecord<byte[], byte[]>, T, KafkaPartitionSplitState> emitter) {
        super(parts.elements, parts.fetchers, emitter, parts.configuration, parts.context, parts.metrics);
        fetchers = parts.fetchers;
    }

    @Override
    public void handleSourceEvents(SourceEvent event) {
        if (event instanceof PausedEvent pause) {
            paused = pause.partitions();
            fetchers.pause(List.copyOf(splits.values()), paused);
        } else {
            super.handleSourceEvents(event);
        }
    }

    @Override
    public void addSplits(List<KafkaPartitionSplit> added) {
        super.addSplits(added);
        added.forEach(split -> splits.put(split.splitId(), split));
        if (!paused.isEmpty()) {
            fetchers.pause(added, paused);
        }
        report();
    }

    private void report() {
        TreeSet<Integer> partitions = new TreeSet<>();
        splits.values().forEach(split -> partitions.add(split.getPartition()));
        context.sendSourceEventToCoordinator(new ReadingEvent(partitions));
    }

    @Override
    protected void onSplitFinished(Map<String, KafkaPartitionSplitState> finished) {
        super.onSplitFinished(finished);
        splits.keySet().removeAll(finished.keySet());
        report();
    }
}
