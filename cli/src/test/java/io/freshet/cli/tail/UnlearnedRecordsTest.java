package io.freshet.cli.tail;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.schemas.kafka.DeadLetterHeaders;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Catches a stream of records that no model can read, next to metrics that look healthy. */
class UnlearnedRecordsTest {
    private final MetricsView view = new MetricsView();

    @Test
    void shows_the_first_record_and_then_each_time_their_number_has_doubled() throws Exception {
        List<Object> counts = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            Map<String, @Nullable Object> fields = view.fields(deadLetter("encode", "m"));
            if (fields != null) {
                assertThat(fields)
                        .containsEntry("model", "m")
                        .containsEntry("state", "rejected")
                        .containsEntry("stage", "encode")
                        .containsEntry("message", "x: missing (expected: a number)");
                counts.add(String.valueOf(fields.get("deadLetters")));
            }
        }
        assertThat(counts).containsExactly("1", "2", "4", "8");
    }

    @Test
    void a_record_without_a_model_counts_for_all_and_a_learner_counts_its_own() throws Exception {
        UnlearnedRecords records = new UnlearnedRecords();
        records.add(deadLetter("decode", ""));
        records.add(deadLetter("encode", "m"));
        assertThat(records.add(deadLetter("learn", "m"))).isNull();
        assertThat(records.count("m")).isEqualTo(2);
        assertThat(records.count("n")).isEqualTo(1);
    }

    @Test
    void a_record_that_the_join_rejected_is_shown_and_is_no_sample() throws Exception {
        UnlearnedRecords records = new UnlearnedRecords();
        assertThat(records.add(deadLetter("join", ""))).containsEntry("stage", "join");
        assertThat(records.add(deadLetter("join", "m"))).containsEntry("stage", "join");
        assertThat(records.count("m")).isZero();
    }

    private static ConsumerRecord<byte[], byte[]> deadLetter(String stage, String model) {
        ConsumerRecord<byte[], byte[]> record = new ConsumerRecord<>("s-dlt", 0, 0, null, new byte[] {1});
        DeadLetterHeaders.of("s", 0, 7, stage, model, "x: missing (expected: a number)")
                .forEach(record.headers()::add);
        return record;
    }
}
