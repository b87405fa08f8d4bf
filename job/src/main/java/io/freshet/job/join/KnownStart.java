package io.freshet.job.join;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;
import org.apache.kafka.common.TopicPartition;

/**
 * Starts where another initializer says, as an offset. Flink's consumers would look up latest and committed ones themselves, and
 * nobody would know that a partition without new records is at its end.
 */
record KnownStart(OffsetsInitializer start) implements OffsetsInitializer {
    private static final long serialVersionUID = 1;

    @Override
    public Map<TopicPartition, Long> getPartitionOffsets(
            Collection<TopicPartition> partitions, PartitionOffsetsRetriever retriever) {
        Map<TopicPartition, Long> offsets = new HashMap<>(start.getPartitionOffsets(partitions, retriever));
        List<TopicPartition> committed = with(KafkaPartitionSplit.COMMITTED_OFFSET, offsets);
        if (!committed.isEmpty()) {
            long otherwise = start.getAutoOffsetResetStrategy() == OffsetResetStrategy.LATEST
                    ? KafkaPartitionSplit.LATEST_OFFSET
                    : KafkaPartitionSplit.EARLIEST_OFFSET;
            committed.forEach(partition -> offsets.put(partition, otherwise));
            offsets.putAll(retriever.committedOffsets(committed));
        }
        List<TopicPartition> latest = with(KafkaPartitionSplit.LATEST_OFFSET, offsets);
        if (!latest.isEmpty()) {
            offsets.putAll(retriever.endOffsets(latest));
        }
        return offsets;
    }

    private static List<TopicPartition> with(long marker, Map<TopicPartition, Long> offsets) {
        List<TopicPartition> marked = new ArrayList<>();
        offsets.forEach((partition, offset) -> {
            if (offset == marker) {
                marked.add(partition);
            }
        });
        return marked;
    }

    /** After a restart whose records were deleted meanwhile, those that remain are read. */
    @Override
    public OffsetResetStrategy getAutoOffsetResetStrategy() {
        return OffsetResetStrategy.EARLIEST;
    }
}
