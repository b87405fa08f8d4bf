package io.freshet.job.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer.PartitionOffsetsRetriever;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Would catch a time parsed in the wrong time zone, and one that Kafka treats as a special value. */
class StartingPointTest {
    private static final Instant NOW = Instant.parse("2030-06-01T00:00:00Z");
    private static final TopicPartition PARTITION = new TopicPartition("samples", 0);

    @ParameterizedTest
    @CsvSource({
        "2030-01-31T12:00:00Z, 1896091200000",
        "2030-01-31T12:00Z, 1896091200000",
        "2030-01-31T12:00:00.250Z, 1896091200250",
        "2030-01-31T14:30:00+02:30, 1896091200000",
        "2030-01-31, 1896048000000",
        "1970-01-01, 0",
        "2030-06-01T00:00:00Z, 1906502400000",
    })
    void a_time_starts_at_the_first_record_at_or_after_it(String text, long millis) {
        assertThat(offsets(StartingPoint.parse(text, NOW))).isEqualTo(Map.of(PARTITION, millis));
    }

    @Test
    void keywords_have_kafkas_meaning() {
        assertThat(StartingPoint.parse("latest", NOW).getAutoOffsetResetStrategy())
                .isEqualTo(OffsetResetStrategy.LATEST);
        assertThat(StartingPoint.parse("earliest", NOW).getAutoOffsetResetStrategy())
                .isEqualTo(OffsetResetStrategy.EARLIEST);
        assertThat(offsets(StartingPoint.parse("committed", NOW))).isEqualTo(Map.of(PARTITION, -3L));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sometimes",
                "",
                "2030-02-30",
                "2030-01-31T12:00:00",
                "31.1.2030",
                "1896091200000",
                "2030-06-01T00:00:01Z",
                "2030-06-02",
                "1969-12-31"
            })
    void rejects_invalid_and_future_times(String text) {
        assertThatThrownBy(() -> StartingPoint.parse(text, NOW))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(
                        text + " (expected: earliest, latest, committed, or a time in the past, such as ");
    }

    /** Returns the starting offsets in a topic whose record at offset n has timestamp n. */
    private static Map<TopicPartition, Long> offsets(OffsetsInitializer start) {
        return start.getPartitionOffsets(List.of(PARTITION), new PartitionOffsetsRetriever() {
            @Override
            public Map<TopicPartition, Long> committedOffsets(Collection<TopicPartition> partitions) {
                return Map.of(PARTITION, -3L);
            }

            @Override
            public Map<TopicPartition, Long> endOffsets(Collection<TopicPartition> partitions) {
                return Map.of(PARTITION, Long.MAX_VALUE);
            }

            @Override
            public Map<TopicPartition, Long> beginningOffsets(Collection<TopicPartition> partitions) {
                return Map.of(PARTITION, 0L);
            }

            @Override
            public Map<TopicPartition, OffsetAndTimestamp> offsetsForTimes(Map<TopicPartition, Long> times) {
                return times.entrySet().stream()
                        .collect(Collectors.toMap(
                                Map.Entry::getKey, time -> new OffsetAndTimestamp(time.getValue(), time.getValue())));
            }
        });
    }
}
