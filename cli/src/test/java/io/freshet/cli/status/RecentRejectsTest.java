package io.freshet.cli.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.schemas.topic.DeadLetterHeaders;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

/** Would catch a model that rejects its samples and looks well. */
class RecentRejectsTest {
    private static final long NOW = 1_790_000_000_000L;

    private final RecentRejects recent = new RecentRejects(NOW);

    @Test
    void a_record_counts_for_the_model_that_rejected_it_and_without_one_for_all() {
        add("a", "y: missing");
        add("a", "y: text");
        add("", "not Avro");

        assertThat(recent.of("a")).hasToString("3 samples rejected in the last 10 s, the newest: y: text");
        assertThat(recent.of("b")).hasToString("1 sample rejected in the last 10 s, the newest: not Avro");
    }

    @Test
    void a_model_without_dead_letters_has_none() {
        add("a", "y: missing");
        assertThat(recent.of("b")).isNull();
    }

    @Test
    void a_sample_of_long_ago_counts_when_it_is_rejected() {
        add(letter(NOW - 86_400_000, "a", "of a backlog"), NOW - 1_000);
        add(letter(NOW, "a", "stamped by a clock that is ahead"), NOW - 11_000);

        assertThat(recent.of("a")).hasToString("1 sample rejected in the last 10 s, the newest: of a backlog");
    }

    @Test
    void without_a_time_of_the_rejection_that_of_the_letter_decides() {
        recent.add(letter(NOW - 9_000, "a", "recent"));
        recent.add(letter(NOW - 11_000, "a", "old"));

        assertThat(recent.of("a")).hasToString("1 sample rejected in the last 10 s, the newest: recent");
    }

    private void add(String model, String reason) {
        add(letter(NOW, model, reason), NOW);
    }

    private void add(ConsumerRecord<byte[], byte[]> letter, long rejectedAt) {
        DeadLetterHeaders.withTime(Map.of(), rejectedAt).forEach(letter.headers()::add);
        recent.add(letter);
    }

    private static ConsumerRecord<byte[], byte[]> letter(long timestamp, String model, String reason) {
        ConsumerRecord<byte[], byte[]> letter = new ConsumerRecord<>(
                "dead",
                0,
                0,
                timestamp,
                TimestampType.CREATE_TIME,
                0,
                0,
                null,
                null,
                new RecordHeaders(),
                Optional.empty());
        DeadLetterHeaders.of("samples", 0, 1, "encode", model, reason).forEach(letter.headers()::add);
        return letter;
    }
}
