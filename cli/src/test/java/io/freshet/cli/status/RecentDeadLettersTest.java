package io.freshet.cli.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.schemas.deadletter.DeadLetterHeaders;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

/** Would catch a model that rejects its samples and looks well. */
class RecentDeadLettersTest {
    private final RecentDeadLetters recent = new RecentDeadLetters();

    @Test
    void a_record_counts_for_the_model_that_rejected_it_and_without_one_for_all() {
        add("a", "y: missing");
        add("a", "y: text");
        add("", "not Avro");

        assertThat(recent.of("a")).hasToString("3 samples of the last 10 s rejected, the newest: y: text");
        assertThat(recent.of("b")).hasToString("1 sample of the last 10 s rejected, the newest: not Avro");
    }

    @Test
    void a_model_without_dead_letters_has_none() {
        add("a", "y: missing");
        assertThat(recent.of("b")).isNull();
    }

    private void add(String model, String reason) {
        ConsumerRecord<byte[], byte[]> letter = new ConsumerRecord<>("dead", 0, 0, null, null);
        DeadLetterHeaders.of("samples", 0, 1, "encode", model, reason).forEach(letter.headers()::add);
        recent.add(letter);
    }
}
