package io.freshet.job.decode;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.job.TestLines;
import io.freshet.job.TestStream;
import io.freshet.job.record.KeyedSample;
import io.freshet.job.record.OutputRecord;
import io.freshet.job.record.RecordHeaders;
import io.freshet.job.record.SourceRecord;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.kafka.RecordLimit;
import io.freshet.schemas.sample.RecordFields;
import io.freshet.schemas.sample.RecordFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Would catch records that fail the job or are lost, and dead letters that brokers refuse. */
class DeadLetterHarnessTest {
    private static final ModelSpec WHOLE = TestStream.whole(4);
    private static final ModelSpec KEYED = TestStream.keyed();

    @Test
    void a_malformed_record_is_a_dead_letter_with_key_value_and_headers() throws Exception {
        try (var harness = DecodeHarness.start(WHOLE)) {
            harness.time(2_000_000);
            byte[] value = "{\"not\": \"avro\"}".getBytes(UTF_8);
            SourceRecord record = new SourceRecord(
                    3,
                    41,
                    1_234_567,
                    new byte[] {1, 2},
                    value,
                    new RecordHeaders(new String[] {"trace", "empty"}, new byte[][] {{9, 8}, null}));
            harness.send(record);

            OutputRecord letter = harness.onlyDeadLetter();
            assertThat(letter.key()).containsExactly(1, 2);
            assertThat(letter.value()).isEqualTo(value);
            assertThat(letter.timestamp()).isEqualTo(1_234_567);
            assertThat(letter.partitionKey()).isEmpty();
            assertThat(letter.headers().names())
                    .containsExactly(
                            "trace",
                            "empty",
                            "__connect.errors.topic",
                            "__connect.errors.partition",
                            "__connect.errors.offset",
                            "__connect.errors.stage",
                            "__connect.errors.exception.message",
                            "freshet.topic.id",
                            "freshet.rejected.at");
            assertThat(letter.headers().values()[0]).containsExactly(9, 8);
            assertThat(letter.headers().values()[1]).isNull();
            assertThat(DecodeHarness.text(letter, 2)).isEqualTo("samples");
            assertThat(DecodeHarness.text(letter, 3)).isEqualTo("3");
            assertThat(DecodeHarness.text(letter, 4)).isEqualTo("41");
            assertThat(DecodeHarness.text(letter, 5)).isEqualTo("decode");
            assertThat(DecodeHarness.text(letter, 6))
                    .isEqualTo(
                            "value: 7b 22 6e 6f 74 22 3a 20 ... (15 bytes) (expected: Avro"
                                    + " single-object encoding, C3 01 ...; this looks like JSON: start the job with --format json)");
            assertThat(harness.samples()).isEmpty();
        }
    }

    /** A restart would read the same record again, forever. */
    @Test
    void a_record_on_which_the_decoder_fails_is_a_dead_letter() throws Exception {
        RecordFormat failing = new RecordFormat.Confluent(RecordFields.NONE, id -> {
            switch (id) {
                case 1 -> throw new IllegalStateException("a bug");
                case 2 -> throw new UncheckedIOException(new IOException("403"));
                default -> throw new StackOverflowError();
            }
        });
        try (var harness = DecodeHarness.start(failing, WHOLE)) {
            harness.send(new SourceRecord(0, 1, 1, null, new byte[] {0, 0, 0, 0, 1}, RecordHeaders.NONE));
            harness.send(new SourceRecord(0, 2, 1, null, new byte[] {0, 0, 0, 0, 2}, RecordHeaders.NONE));
            harness.send(new SourceRecord(0, 3, 1, null, new byte[] {0, 0, 0, 0, 3}, RecordHeaders.NONE));

            assertThat(harness.deadLetters())
                    .extracting(DecodeHarness::message)
                    .satisfiesExactly(
                            first -> assertThat(first)
                                    .startsWith("value: java.lang.IllegalStateException: a bug at io.freshet.")
                                    .endsWith(" (expected: a record of the format)"),
                            second -> assertThat(second).startsWith("value: java.io.UncheckedIOException: "),
                            third -> assertThat(third).startsWith("value: java.lang.StackOverflowError"));
        }
    }

    @Test
    void a_redriven_record_that_is_rejected_again_has_each_header_once() throws Exception {
        try (var harness = DecodeHarness.start(WHOLE)) {
            String[] names = {"trace", "freshet.redrives", "freshet.model", "trace"};
            byte[][] values = {{9}, "1".getBytes(UTF_8), "whole".getBytes(UTF_8), {8}};
            byte[] value = TestStream.value(7, Map.of("y", 7.0));
            harness.send(new SourceRecord(0, 7, 1, null, value, new RecordHeaders(names, values)));

            OutputRecord letter = harness.onlyDeadLetter();
            assertThat(letter.headers().names())
                    .containsExactly(
                            "trace",
                            "freshet.redrives",
                            "trace",
                            "__connect.errors.topic",
                            "__connect.errors.partition",
                            "__connect.errors.offset",
                            "__connect.errors.stage",
                            "__connect.errors.exception.message",
                            "freshet.model",
                            "freshet.topic.id",
                            "freshet.rejected.at");
            assertThat(letter.headers().values()[0]).containsExactly(9);
            assertThat(letter.headers().values()[2]).containsExactly(8);
        }
    }

    @Test
    void every_kind_of_malformed_record_is_a_dead_letter_and_the_stream_continues() throws Exception {
        try (var harness = DecodeHarness.start(WHOLE)) {
            byte[] sample = TestStream.value(7);
            byte[] otherSchema = sample.clone();
            otherSchema[2]++;
            List<byte[]> values = new ArrayList<>();
            values.add(null);
            values.add(new byte[0]);
            values.add(otherSchema);
            for (int length = 1; length < sample.length; length++) {
                values.add(Arrays.copyOf(sample, length));
            }
            values.add(Arrays.copyOf(sample, sample.length + 1));
            for (int i = 0; i < values.size(); i++) {
                harness.send(TestStream.record(i, values.get(i)));
            }

            List<OutputRecord> letters = harness.deadLetters();
            assertThat(letters).hasSameSizeAs(values);
            for (int i = 0; i < values.size(); i++) {
                assertThat(letters.get(i).value()).isEqualTo(values.get(i));
                assertThat(TestLines.headers(letters.get(i)))
                        .containsEntry("__connect.errors.stage", "decode")
                        .containsEntry("__connect.errors.offset", Integer.toString(i));
            }
            assertThat(DecodeHarness.message(letters.get(0))).isEqualTo("value: none (expected: a sample)");
            harness.send(TestStream.record(7, sample));
            assertThat(harness.samples()).hasSize(1);
        }
    }

    @Test
    void a_record_rejected_by_one_model_still_reaches_another() throws Exception {
        try (var harness = DecodeHarness.start(WHOLE, KEYED)) {
            byte[] value = TestStream.value(7, Map.of("y", 7.0));
            harness.send(TestStream.record(7, value));

            assertThat(DecodeHarness.bytes(harness.samples()))
                    .isEqualTo(DecodeHarness.bytes(List.of(TestStream.sample(KEYED, 7, value))));
            OutputRecord letter = harness.onlyDeadLetter();
            assertThat(letter.value()).isEqualTo(value);
            assertThat(TestLines.headers(letter))
                    .containsEntry("__connect.errors.stage", "encode")
                    .containsEntry("freshet.model", "whole");
            assertThat(DecodeHarness.message(letter)).startsWith("y: 7.0 (expected: ");
        }
    }

    /** The snapshots of such a key would not fit into a record, and the job would fail after every restart. */
    @Test
    void a_key_that_is_empty_or_very_long_is_a_dead_letter_of_the_models_with_a_key() throws Exception {
        try (var harness = DecodeHarness.start(WHOLE, KEYED)) {
            String longest = "\u00e9".repeat(512);
            harness.send(TestStream.record(1, TestStream.valueOfKey(1, longest)));
            harness.send(TestStream.record(2, TestStream.valueOfKey(2, longest + "e")));
            harness.send(TestStream.record(3, TestStream.valueOfKey(3, "k".repeat(600_000))));
            harness.send(TestStream.record(4, TestStream.valueOfKey(4, "")));

            assertThat(harness.samples().stream().map(KeyedSample::modelKey))
                    .containsExactly("keyed/" + longest, "whole/", "whole/", "whole/", "whole/");
            assertThat(harness.deadLetters().stream().map(DecodeHarness::message))
                    .containsExactly(
                            "c: a text of 1025 bytes (expected: a key of 1 to 1024 bytes of UTF-8)",
                            "c: a text of 600000 bytes (expected: a key of 1 to 1024 bytes of UTF-8)",
                            "c: a text of 0 bytes (expected: a key of 1 to 1024 bytes of UTF-8)");
        }
    }

    @Test
    void a_record_rejected_by_two_models_is_a_dead_letter_of_each() throws Exception {
        try (var harness = DecodeHarness.start(WHOLE, KEYED)) {
            harness.send(TestStream.record(7, TestStream.value(7, Map.of("a", Double.NaN))));

            assertThat(harness.deadLetters().stream()
                            .map(letter -> TestLines.headers(letter).get("freshet.model")))
                    .containsExactlyInAnyOrder("whole", "keyed");
            assertThat(harness.samples()).isEmpty();
        }
    }

    @Test
    void a_sample_for_an_unknown_model_is_a_dead_letter() throws Exception {
        try (var harness = DecodeHarness.start(WHOLE, KEYED)) {
            harness.send(TestStream.record(7, TestStream.value(7, "keyde")));

            OutputRecord letter = harness.onlyDeadLetter();
            assertThat(TestLines.headers(letter)).doesNotContainKey("freshet.model");
            assertThat(DecodeHarness.message(letter)).isEqualTo("model: keyde (expected: one of [keyed, whole])");
        }
    }

    @Test
    void the_message_of_a_dead_letter_is_truncated() throws Exception {
        try (var harness = DecodeHarness.start(WHOLE, KEYED)) {
            harness.send(TestStream.record(7, TestStream.value(7, "m".repeat(900_000))));

            OutputRecord letter = harness.onlyDeadLetter();
            assertThat(DecodeHarness.message(letter).substring(0, 20)).isEqualTo("model: mmmmmmmmmmmmm");
            assertThat(DecodeHarness.message(letter).length()).isLessThan(2000);
            assertThat(letter.value().length).isGreaterThan(900_000);
        }
    }

    @Test
    void the_dead_letter_of_a_large_record_has_its_location_only() throws Exception {
        try (var harness = DecodeHarness.start(WHOLE)) {
            SourceRecord record = new SourceRecord(
                    2,
                    9,
                    1,
                    new byte[] {1},
                    new byte[2_000_000],
                    new RecordHeaders(new String[] {"trace"}, new byte[][] {{9}}));
            harness.send(record);

            OutputRecord letter = harness.onlyDeadLetter();
            assertThat(letter.key()).isNull();
            assertThat(letter.value()).isEmpty();
            assertThat(TestLines.headers(letter))
                    .doesNotContainKey("trace")
                    .containsEntry("__connect.errors.partition", "2")
                    .containsEntry("__connect.errors.offset", "9")
                    .containsEntry("freshet.topic.id", "id-of-samples")
                    .containsEntry("freshet.size", "2000017");
        }
    }

    /** The largest dead letter: as many bytes as are copied, and the longest reason in the widest letters. */
    @Test
    void the_dead_letter_of_the_largest_record_that_is_copied_fits() throws Exception {
        try (var harness = DecodeHarness.start(WHOLE)) {
            byte[] value = TestStream.value(7, "\u20ac".repeat(332_000));
            byte[] key = new byte[1_000_000 - value.length];
            harness.send(new SourceRecord(7, 7, 7, key, value, RecordHeaders.NONE));

            OutputRecord letter = harness.onlyDeadLetter();
            assertThat(letter.value()).isEqualTo(value);
            long bytes = 1_000_000;
            for (int i = 0; i < letter.headers().count(); i++) {
                bytes += 10
                        + letter.headers().names()[i].length()
                        + letter.headers().values()[i].length;
            }
            System.out.printf(Locale.ROOT, "%,d bytes: dead letter%n", bytes);
            assertThat(bytes).isBetween(1_003_000L, (long) RecordLimit.BYTES);
        }
    }

    /** The overhead of headers can also make a record too large. */
    @Test
    void the_dead_letter_of_a_record_with_large_headers_has_its_location_only() throws Exception {
        try (var harness = DecodeHarness.start(WHOLE)) {
            String[] many = new String[600_000];
            Arrays.fill(many, "");
            String[] wide = {"\u20ac".repeat(340_000)};
            String[] few = {"\u20ac".repeat(330_000)};
            harness.send(
                    new SourceRecord(0, 1, 1, null, new byte[1], new RecordHeaders(many, new byte[many.length][])));
            harness.send(new SourceRecord(0, 2, 1, null, new byte[1], new RecordHeaders(wide, new byte[1][])));
            harness.send(new SourceRecord(0, 3, 1, null, new byte[1], new RecordHeaders(few, new byte[1][])));

            assertThat(harness.deadLetters().stream()
                            .map(letter -> TestLines.headers(letter).get("freshet.size")))
                    .containsExactly("6000001", "1020011", null);
            assertThat(harness.deadLetters().get(0).headers().names()).hasSizeLessThan(10);
            assertThat(harness.deadLetters().get(2).headers().names()).contains(few[0]);
        }
    }

    @Test
    void a_dead_letter_has_no_future_timestamp() throws Exception {
        try (var harness = DecodeHarness.start(WHOLE)) {
            harness.time(5_000);
            harness.send(new SourceRecord(0, 1, Long.MAX_VALUE, null, new byte[0], RecordHeaders.NONE));

            assertThat(harness.onlyDeadLetter().timestamp()).isEqualTo(5_000);
        }
    }
}
