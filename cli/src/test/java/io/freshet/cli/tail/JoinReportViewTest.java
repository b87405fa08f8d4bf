package io.freshet.cli.tail;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.loop.JoinCount;
import io.freshet.schemas.loop.JoinReport;
import io.freshet.schemas.loop.JoinReportCodec;
import io.freshet.server.Reported;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Would catch a count that {@code tail metrics} does not show, and reports that drown the evaluations. */
class JoinReportViewTest {
    private final JoinReportCodec codec = new JoinReportCodec();
    private final MetricsView view = new MetricsView();

    @Test
    void shows_every_count_and_the_losses_of_the_window() throws Exception {
        JoinReport report = new Reported("clicks")
                .counted()
                .delayed(List.of(1_000L, 60_000L), List.of(6L, 4L, 0L))
                .window(3)
                .scored(700, 0.5, 0.25)
                .at(7_500);

        Map<String, @Nullable Object> fields = show(codec.write(report), 1);

        for (JoinCount count : JoinCount.values()) {
            assertThat(fields).containsEntry(count.field(), 1_000L + count.ordinal());
        }
        assertThat(view.text(record(codec.write(report), 1), fields))
                .startsWith("1970-01-01T00:00:00.001Z 0@0 join=clicks window=3 windowEnded=true servedLoss=0.5"
                        + " expectedLoss=0.25 servedAnswers=70 requests=1000 ")
                .endsWith(" delayP50Millis=1000 delayP90Millis=60000 delayP99Millis=60000 lateShare=0.25"
                        + " eventTime=1970-01-01T00:00:05Z");
    }

    @Test
    void of_reports_within_a_window_one_in_ten_seconds_is_text() throws Exception {
        KeyedBytes report = codec.write(new Reported("clicks").at(0));
        assertThat(repeats(report, 1_000)).isFalse();
        assertThat(repeats(report, 10_999)).isTrue();
        assertThat(repeats(codec.write(new Reported("others").at(0)), 10_999)).isFalse();
        assertThat(repeats(codec.write(new Reported("clicks").window(0).at(0)), 10_999))
                .isFalse();
        assertThat(repeats(report, 20_998)).isTrue();
        assertThat(repeats(report, 20_999)).isFalse();
    }

    @Test
    void every_report_has_fields_for_json() throws Exception {
        KeyedBytes report = codec.write(new Reported("clicks").at(0));
        assertThat(show(report, 1_000)).isNotNull();
        assertThat(show(report, 1_001)).isEqualTo(show(report, 1_000)).isNotNull();
    }

    @Test
    void a_tombstone_says_that_the_join_is_gone() throws Exception {
        KeyedBytes tombstone = codec.delete("clicks");
        assertThat(view.text(record(tombstone, 0), show(tombstone, 0)))
                .isEqualTo("1970-01-01T00:00:00Z 0@0 join=clicks state=deleted");
    }

    private boolean repeats(KeyedBytes record, long timestamp) throws MalformedRecordException {
        return view.isRepetition(record(record, timestamp), show(record, timestamp));
    }

    private @Nullable Map<String, @Nullable Object> show(KeyedBytes record, long timestamp)
            throws MalformedRecordException {
        return view.fields(record(record, timestamp));
    }

    private static ConsumerRecord<byte[], byte[]> record(KeyedBytes record, long timestamp) {
        return new ConsumerRecord<>(
                "metrics",
                0,
                0,
                timestamp,
                TimestampType.CREATE_TIME,
                0,
                0,
                record.key(),
                record.value(),
                new RecordHeaders(),
                Optional.empty());
    }
}
