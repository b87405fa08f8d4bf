package io.freshet.server.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.schemas.facts.Rejections;
import io.freshet.schemas.kafka.DeadLetterHeaders;
import java.util.List;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** Would catch rejections that are attributed to another model, and a reason that fills the memory. */
class DeadLetterSampleTest {
    private static final long NOW = 1_790_000_000_000L;

    private final Rejections rejections = new Rejections();
    private final DeadLetterSample sample = new DeadLetterSample(UnaryOperator.identity());

    @Test
    void skipped_letters_are_those_of_the_models_that_were_read_in_their_partition() {
        sample.add(letter("t-dlt", 0, "a", "x: missing"));
        sample.add(letter("t-dlt", 0, "a", "x: text"));
        sample.add(letter("t-dlt", 0, "b", "z: missing"));
        sample.add(letter("t-dlt", 1, "c", "z: missing"));
        sample.skipped(new TopicPartition("t-dlt", 0), 300);
        sample.count(rejections, NOW);

        assertThat(rejections.recent("a", NOW)).isEqualTo(202);
        assertThat(rejections.recent("b", NOW)).isEqualTo(101);
        assertThat(rejections.recent("c", NOW)).isEqualTo(1);
        assertThat(rejections.newest("a").reason()).isEqualTo("x: text");
    }

    /** Would catch a rate that is a fraction of a flood's, since one partition filled the sample. */
    @Test
    void the_letters_of_a_partition_of_which_none_was_read_are_those_of_the_models_of_its_topic() {
        sample.add(letter("t-dlt", 0, "a", "x: missing"));
        sample.add(letter("t-dlt", 0, "b", "z: missing"));
        sample.add(letter("t-dlt", 1, "a", "x: missing"));
        sample.add(letter("other-dlt", 0, "c", "z: missing"));
        sample.skipped(new TopicPartition("t-dlt", 0), 98);
        sample.skipped(new TopicPartition("t-dlt", 2), 1_010);
        sample.count(rejections, NOW);

        assertThat(rejections.recent("a", NOW)).isEqualTo(51 * 11);
        assertThat(rejections.recent("b", NOW)).isEqualTo(50 * 11);
        assertThat(rejections.recent("c", NOW)).isEqualTo(1);
    }

    @Test
    void a_letter_without_a_model_concerns_none() {
        sample.add(letter("t-dlt", 0, "", "not Avro"));
        sample.add(letter("new-dlt", 0, "", "not Avro"));
        sample.count(rejections, NOW);

        assertThat(rejections.recent(Rejections.ALL, NOW)).isEqualTo(2);
        assertThat(rejections.recent("a", NOW)).isZero();
    }

    /** Would catch malformed outcomes that make every model of the topic look as if it rejected its samples. */
    @Test
    void a_record_that_the_join_rejected_concerns_no_model() {
        for (String model : List.of("", "a")) {
            ConsumerRecord<byte[], byte[]> outcome = letter("t-dlt", 0, model, "id: missing");
            outcome.headers().add(DeadLetterHeaders.STAGE, "join".getBytes(UTF_8));
            sample.add(outcome);
        }
        sample.count(rejections, NOW);
        assertThat(rejections.newest("a")).isNull();
        assertThat(rejections.newest(Rejections.ALL)).isNull();
    }

    @Test
    void a_row_of_a_file_concerns_no_model() {
        ConsumerRecord<byte[], byte[]> row = letter("t-dlt", 0, "", "unreadable");
        row.headers().add(DeadLetterHeaders.ROW, new byte[] {'1'});
        sample.add(row);
        sample.count(rejections, NOW);
        assertThat(rejections.newest(Rejections.ALL)).isNull();
    }

    @Test
    void of_a_long_reason_the_start_is_kept_and_one_may_be_absent() {
        ConsumerRecord<byte[], byte[]> letter = new ConsumerRecord<>("t-dlt", 0, 0, null, null);
        letter.headers().add(DeadLetterHeaders.MESSAGE, new byte[1 << 20]);
        sample.add(letter);
        sample.add(new ConsumerRecord<>("t-dlt", 1, 0, null, null));
        sample.count(rejections, NOW);
        assertThat(rejections.newest(Rejections.ALL).reason()).hasSizeLessThanOrEqualTo(1_000);
        assertThat(rejections.recent(Rejections.ALL, NOW)).isEqualTo(2);
    }

    private static ConsumerRecord<byte[], byte[]> letter(String topic, int partition, String model, String reason) {
        ConsumerRecord<byte[], byte[]> letter = new ConsumerRecord<>(topic, partition, 0, null, null);
        DeadLetterHeaders.of("t", partition, 0, "encode", model, reason).forEach(letter.headers()::add);
        return letter;
    }
}
