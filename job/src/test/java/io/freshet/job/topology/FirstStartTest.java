package io.freshet.job.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer.PartitionOffsetsRetriever;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** Would catch a join that starts again without its checkpoint, and learns everything twice. */
class FirstStartTest {
    private static final TopicPartition PARTITION = new TopicPartition("answers", 2);

    @Test
    void a_group_that_has_read_nothing_starts_at_the_earliest_records() {
        assertThat(new FirstStart().getPartitionOffsets(List.of(PARTITION), new Committed(Map.of())))
                .isEqualTo(Map.of(PARTITION, -2L));
    }

    @Test
    void a_group_that_has_read_before_is_refused_for_good() {
        Committed committed = new Committed(Map.of(PARTITION, 17L));
        assertThatThrownBy(() -> new FirstStart().getPartitionOffsets(List.of(PARTITION), committed))
                .isInstanceOf(SuppressRestartsException.class)
                .cause()
                .hasMessageContaining("has read answers up to offset 17 of partition 2 (expected: --resume");
    }

    private record Committed(Map<TopicPartition, Long> offsets) implements PartitionOffsetsRetriever {
        @Override
        public Map<TopicPartition, Long> committedOffsets(Collection<TopicPartition> partitions) {
            return offsets;
        }

        @Override
        public Map<TopicPartition, Long> endOffsets(Collection<TopicPartition> partitions) {
            throw new AssertionError("not needed");
        }

        @Override
        public Map<TopicPartition, Long> beginningOffsets(Collection<TopicPartition> partitions) {
            throw new AssertionError("not needed");
        }

        @Override
        public Map<TopicPartition, OffsetAndTimestamp> offsetsForTimes(Map<TopicPartition, Long> times) {
            throw new AssertionError("not needed");
        }
    }
}
