package io.freshet.job.join;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer.PartitionOffsetsRetriever;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** Would catch a join that starts at the end of a quiet partition, and never knows that it is there. */
class KnownStartTest {
    private static final TopicPartition READ = new TopicPartition("t", 0);
    private static final TopicPartition UNREAD = new TopicPartition("t", 1);

    @Test
    void latest_is_the_end_of_each_partition() {
        assertThat(offsets(OffsetsInitializer.latest())).isEqualTo(Map.of(READ, 100L, UNREAD, 101L));
    }

    @Test
    void committed_is_what_the_group_has_read_or_the_reset() {
        assertThat(offsets(OffsetsInitializer.committedOffsets(OffsetResetStrategy.EARLIEST)))
                .isEqualTo(Map.of(READ, 50L, UNREAD, KafkaPartitionSplit.EARLIEST_OFFSET));
        assertThat(offsets(OffsetsInitializer.committedOffsets(OffsetResetStrategy.LATEST)))
                .isEqualTo(Map.of(READ, 50L, UNREAD, 101L));
    }

    @Test
    void leaves_other_starts_as_they_are() {
        assertThat(offsets(OffsetsInitializer.offsets(Map.of(READ, 7L, UNREAD, 8L))))
                .isEqualTo(Map.of(READ, 7L, UNREAD, 8L));
        assertThat(offsets(OffsetsInitializer.earliest())).containsOnlyKeys(READ, UNREAD);
    }

    private static Map<TopicPartition, Long> offsets(OffsetsInitializer start) {
        KnownStart known = new KnownStart(start);
        assertThat(known.getAutoOffsetResetStrategy()).isEqualTo(OffsetResetStrategy.EARLIEST);
        return known.getPartitionOffsets(List.of(READ, UNREAD), new Logs());
    }

    private static final class Logs implements PartitionOffsetsRetriever {
        @Override
        public Map<TopicPartition, Long> committedOffsets(Collection<TopicPartition> partitions) {
            return partitions.contains(READ) ? Map.of(READ, 50L) : Map.of();
        }

        @Override
        public Map<TopicPartition, Long> endOffsets(Collection<TopicPartition> partitions) {
            return partitions.stream().collect(Collectors.toMap(id -> id, id -> 100L + id.partition()));
        }

        @Override
        public Map<TopicPartition, Long> beginningOffsets(Collection<TopicPartition> partitions) {
            return partitions.stream().collect(Collectors.toMap(id -> id, id -> 0L));
        }

        @Override
        public Map<TopicPartition, OffsetAndTimestamp> offsetsForTimes(Map<TopicPartition, Long> times) {
            return Map.of();
        }
    }
}
