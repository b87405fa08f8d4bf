package io.freshet.job.topology;

import java.util.Collection;
import java.util.Map;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;
import org.apache.kafka.common.TopicPartition;

/**
 * Starts at the earliest records, if the consumer group has never read them. A source asks for it only without a checkpoint, also
 * where Flink itself finds that, as with high availability. So a job whose checkpoint was forgotten fails for good, instead of
 * writing everything again.
 */
final class FirstStart implements OffsetsInitializer {
    private static final long serialVersionUID = 1;

    @Override
    public Map<TopicPartition, Long> getPartitionOffsets(
            Collection<TopicPartition> partitions, PartitionOffsetsRetriever retriever) {
        Map<TopicPartition, Long> read = retriever.committedOffsets(partitions);
        if (!read.isEmpty()) {
            TopicPartition first = read.keySet().iterator().next();
            throw new SuppressRestartsException(
                    new IllegalStateException("no checkpoint or savepoint, but this consumer"
                            + " group has read " + first.topic() + " up to offset " + read.get(first) + " of partition "
                            + first.partition()
                            + " (expected: --resume or a savepoint; or --start committed, which forgets"
                            + " open requests, or --start earliest, which learns everything again)"));
        }
        return OffsetsInitializer.earliest().getPartitionOffsets(partitions, retriever);
    }

    @Override
    public OffsetResetStrategy getAutoOffsetResetStrategy() {
        return OffsetResetStrategy.EARLIEST;
    }
}
