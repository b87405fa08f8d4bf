package io.freshet.cli.models;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.schemas.facts.Freshness;
import io.freshet.schemas.facts.Heartbeat;
import io.freshet.schemas.facts.LatestEvaluations;
import io.freshet.schemas.facts.Rejections;
import io.freshet.schemas.facts.SignsOfLife;
import io.freshet.schemas.facts.State;
import io.freshet.schemas.kafka.DeadLetterHeaders;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** Would catch a model that rejects its samples and looks well. */
class RecentRejectsTest {
    private static final long NOW = 1_790_000_000_000L;

    private final RecentRejects recent = new RecentRejects(NOW);

    @Test
    void a_record_counts_for_the_model_that_rejected_it_and_without_one_for_none() {
        add("a", "y: missing");
        add("a", "y: text");
        add("", "not Avro");

        assertThat(recent("a")).isEqualTo(2);
        assertThat(recent("b")).isZero();
        assertThat(recent(Rejections.ALL)).isEqualTo(1);
        assertThat(rejections().newest(Rejections.ALL)).isEqualTo(new Rejections.Rejected("not Avro", NOW));
    }

    @Test
    void a_model_without_dead_letters_has_none() {
        add("a", "y: missing");
        assertThat(recent("b")).isZero();
        assertThat(rejections().newest("b")).isNull();
    }

    @Test
    void a_sample_of_long_ago_counts_when_it_is_rejected() {
        add(letter(NOW, "a", "stamped by a clock that is ahead"), NOW - 11_000);
        add(letter(NOW - 86_400_000, "a", "of a backlog"), NOW - 1_000);

        assertThat(recent("a")).isEqualTo(1);
        assertThat(rejections().newest("a")).isEqualTo(new Rejections.Rejected("of a backlog", NOW - 1_000));
    }

    @Test
    void without_a_time_of_the_rejection_that_of_the_letter_decides() {
        recent.add(letter(NOW - 9_000, "a", "recent"));
        recent.add(letter(NOW - 11_000, "a", "old"));

        assertThat(recent("a")).isEqualTo(1);
        assertThat(rejections().newest("a")).isEqualTo(new Rejections.Rejected("recent", NOW - 9_000));
    }

    /** The trainer has not seen it. */
    @Test
    void a_row_of_a_file_that_never_became_a_record_counts_for_no_model() {
        ConsumerRecord<byte[], byte[]> row = letter(NOW, "", "unreadable");
        row.headers().add(DeadLetterHeaders.ROW, new byte[] {'1'});
        recent.add(row);
        assertThat(recent("a")).isZero();
    }

    /** Would catch malformed outcomes that make every model {@code rejecting}. */
    @Test
    void a_record_that_the_join_rejected_counts_for_no_model() {
        for (String model : List.of("", "a")) {
            ConsumerRecord<byte[], byte[]> outcome = letter(NOW, model, "id: missing");
            outcome.headers().add(DeadLetterHeaders.STAGE, "join".getBytes(UTF_8));
            recent.add(outcome);
        }
        assertThat(recent("a")).isZero();
        assertThat(rejections().newest("a")).isNull();
    }

    /** Would catch a flood from one partition of several, which is read in part only. */
    @Test
    void each_partition_that_is_read_in_part_is_extrapolated_by_itself() {
        recent.skip(1);
        for (int i = 0; i < RecentRejects.NEWEST / 4; i++) {
            add(letter(1, NOW, "a", "y: missing"), NOW - i / 10);
        }
        add(letter(0, NOW, "b", "y: missing"), NOW);

        assertThat(rejections().perSecond("a", NOW)).isCloseTo(10_000, Offset.offset(150.0));
        assertThat(rejections().perSecond("b", NOW)).isEqualTo(0.1);
    }

    /** Would catch a status that shows 1,000 records a second at every larger rate. */
    @Test
    void more_dead_letters_than_are_read_are_extrapolated() {
        recent.skip(0);
        for (int i = 0; i < RecentRejects.NEWEST; i++) {
            add(letter(NOW, i % 4 == 0 ? "b" : "a", "y: missing"), NOW - i / 10);
        }
        assertThat(rejections().perSecond("a", NOW)).isCloseTo(7_500, Offset.offset(30.0));
        assertThat(rejections().perSecond("b", NOW)).isCloseTo(2_500, Offset.offset(30.0));
    }

    /** Would catch a status that differs from the page of the server, which has followed the letters all along. */
    @Test
    void a_model_that_has_rejected_its_records_for_a_minute_without_an_evaluation_is_rejecting() {
        for (long ago = 62_000; ago > 30_000; ago -= 4_000) {
            add(letter(NOW, "lasting", "y: missing"), NOW - ago);
        }
        for (long ago = 28_000; ago >= 0; ago -= 4_000) {
            add(letter(NOW, "lasting", "y: missing"), NOW - ago);
            add(letter(NOW, "recent", "y: missing"), NOW - ago);
        }
        SignsOfLife signs = new SignsOfLife();
        signs.add(new Heartbeat(0, NOW, NOW, List.of(), List.of(), 0L, false, -1), NOW);
        recent.replace(signs.rejections());
        Freshness freshness = new Freshness(new LatestEvaluations(), signs);
        assertThat(freshness.model("lasting", Freshness.Spec.UNKNOWN, NOW).state())
                .isEqualTo(State.REJECTING);
        assertThat(freshness.model("recent", Freshness.Spec.UNKNOWN, NOW).state())
                .isEqualTo(State.NOT_EVALUATED);
    }

    @Test
    void a_second_reading_replaces_the_first() {
        add("a", "y: missing");
        Rejections rejections = rejections();
        recent.replace(rejections);
        assertThat(rejections.recent("a", NOW)).isEqualTo(1);
    }

    private long recent(String model) {
        return rejections().recent(model, NOW);
    }

    private Rejections rejections() {
        Rejections rejections = new Rejections();
        recent.replace(rejections);
        return rejections;
    }

    private void add(String model, String reason) {
        add(letter(NOW, model, reason), NOW);
    }

    private void add(ConsumerRecord<byte[], byte[]> letter, long rejectedAt) {
        DeadLetterHeaders.withTime(Map.of(), rejectedAt).forEach(letter.headers()::add);
        recent.add(letter);
    }

    private static ConsumerRecord<byte[], byte[]> letter(long timestamp, String model, String reason) {
        return letter(0, timestamp, model, reason);
    }

    private static ConsumerRecord<byte[], byte[]> letter(int partition, long timestamp, String model, String reason) {
        ConsumerRecord<byte[], byte[]> letter = new ConsumerRecord<>(
                "dead",
                partition,
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
