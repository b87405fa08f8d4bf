package io.freshet.job.decode;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.job.TestStream;
import io.freshet.job.record.KeyedSample;
import io.freshet.job.record.SourceRecord;
import io.freshet.job.record.SpecChange;
import io.freshet.job.source.EncodingInterceptor;
import io.freshet.job.source.SourceRecordReader;
import io.freshet.learning.spec.ModelSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

/** Would catch samples encoded with specifications that do not apply to them, and records lost on the way to the decoder. */
class EncodedAheadHarnessTest {
    private static final ModelSpec WHOLE = TestStream.whole(4);
    private static final ModelSpec KEYED = TestStream.keyed();

    private final EncodingInterceptor interceptor = new EncodingInterceptor();

    @Test
    void records_fetched_while_others_wait_are_encoded_ahead_as_the_decoder_does() throws Exception {
        try (var harness = DecodeHarness.start(WHOLE, KEYED)) {
            send(harness, fetch(0, 1));
            List<SourceRecord> waiting = fetch(1, 2);
            List<SourceRecord> records = fetch(2, 4);
            send(harness, waiting);
            send(harness, records);

            assertThat(DecodeHarness.bytes(harness.samples())).isEqualTo(DecodeHarness.bytes(encoded(0, 4)));
            KeyedSample[] ahead = ahead(records.get(0));
            assertThat(harness.samples().get(4)).isSameAs(ahead[0]);
            assertThat(harness.samples().get(5)).isSameAs(ahead[1]);
        }
    }

    /** A decoder that waits for the fetcher would wait for longer. */
    @Test
    void records_fetched_while_none_wait_are_left_to_the_decoder() throws Exception {
        try (var harness = DecodeHarness.start(WHOLE, KEYED)) {
            send(harness, fetch(0, 1));
            List<SourceRecord> waiting = fetch(1, 3);
            send(harness, waiting.subList(0, 1));
            List<SourceRecord> records = fetch(3, 4);
            send(harness, waiting.subList(1, 2));
            send(harness, records);

            assertThat(records.get(0).ahead().samples()).isNull();
            assertThat(DecodeHarness.bytes(harness.samples())).isEqualTo(DecodeHarness.bytes(encoded(0, 4)));
        }
    }

    /** Otherwise, a poll without records would seem to wait forever. */
    @Test
    void an_empty_poll_does_not_wait() throws Exception {
        try (var harness = DecodeHarness.start(WHOLE)) {
            send(harness, fetch(0, 1));
            assertThat(interceptor.onConsume(ConsumerRecords.empty()).isEmpty()).isTrue();

            assertThat(fetch(1, 2).get(0).ahead().samples()).isNull();
        }
    }

    /** The specification changes while fetched records wait for the decoder. */
    @Test
    void records_encoded_with_replaced_specifications_are_encoded_again() throws Exception {
        ModelSpec changed = TestStream.whole(8);
        try (var harness = DecodeHarness.start(WHOLE)) {
            send(harness, fetch(0, 1));
            List<SourceRecord> first = fetch(1, 2);
            List<SourceRecord> waiting = fetch(2, 4);
            send(harness, first);
            harness.apply(SpecChange.applied(changed));
            send(harness, waiting.subList(0, 1));
            harness.snapshot(1);
            send(harness, waiting.subList(1, 2));
            List<SourceRecord> next = fetch(4, 5);
            List<SourceRecord> later = fetch(5, 6);
            send(harness, next);
            send(harness, later);

            assertThat(DecodeHarness.bytes(harness.samples()))
                    .isEqualTo(DecodeHarness.bytes(List.of(
                            TestStream.sample(WHOLE, 0),
                            TestStream.sample(WHOLE, 1),
                            TestStream.sample(WHOLE, 2),
                            TestStream.sample(changed, 3),
                            TestStream.sample(changed, 4),
                            TestStream.sample(changed, 5))));
            assertThat(ahead(waiting.get(1))).hasSize(1);
            assertThat(harness.samples().get(2)).isSameAs(ahead(waiting.get(0))[0]);
            assertThat(harness.samples().get(5)).isSameAs(ahead(later.get(0))[0]);
        }
    }

    @Test
    void a_record_that_is_rejected_becomes_a_dead_letter_with_its_bytes() throws Exception {
        try (var harness = DecodeHarness.start(WHOLE, KEYED)) {
            send(harness, fetch(0, 1));
            byte[] malformed = {1, 2, 3};
            byte[] unknown = TestStream.value(2, "unknown");
            byte[] unfit = TestStream.value(3, Map.of("y", 7.0));
            List<SourceRecord> waiting = fetch(1, 2);
            List<SourceRecord> records = fetch(2, malformed, unknown, unfit, null, TestStream.value(6));
            send(harness, waiting);
            send(harness, records);

            assertThat(harness.deadLetters())
                    .extracting(letter -> letter.value())
                    .containsExactly(malformed, unknown, unfit, null);
            // The record that is unfit for one model is a sample of the other.
            assertThat(DecodeHarness.bytes(harness.samples().subList(4, 5)))
                    .isEqualTo(DecodeHarness.bytes(List.of(TestStream.sample(KEYED, 4, unfit))));
            assertThat(harness.samples().subList(5, 7)).containsExactly(ahead(records.get(4)));
            assertThat(harness.samples()).hasSize(7);
        }
    }

    @Test
    void a_record_keeps_its_position_key_and_headers() throws Exception {
        RecordHeaders headers = new RecordHeaders();
        headers.add("h", new byte[] {5});
        ConsumerRecord<byte[], byte[]> record = new ConsumerRecord<>(
                "samples",
                3,
                70,
                9,
                TimestampType.CREATE_TIME,
                1,
                2,
                new byte[] {1},
                new byte[] {1, 2},
                headers,
                Optional.empty());
        SourceRecord expected = SourceRecordReader.read(record);

        SourceRecord fetched =
                intercept(new TopicPartition("samples", 3), List.of(record)).get(0);

        assertThat(fetched).usingRecursiveComparison().ignoringFields("ahead").isEqualTo(expected);
    }

    private static List<KeyedSample> encoded(long from, long to) {
        List<KeyedSample> samples = new ArrayList<>();
        for (long offset = from; offset < to; offset++) {
            samples.add(TestStream.sample(KEYED, offset));
            samples.add(TestStream.sample(WHOLE, offset));
        }
        return samples;
    }

    private static KeyedSample[] ahead(SourceRecord record) {
        assertThat(record.ahead()).isNotNull();
        assertThat(record.ahead().samples()).isNotNull();
        return record.ahead().samples();
    }

    private List<SourceRecord> fetch(int from, int to) throws Exception {
        byte[][] values = new byte[to - from][];
        for (int i = 0; i < values.length; i++) {
            values[i] = TestStream.value(from + i);
        }
        return fetch(from, values);
    }

    private List<SourceRecord> fetch(int from, byte[]... values) throws Exception {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = 0; i < values.length; i++) {
            records.add(new ConsumerRecord<>("samples", 0, from + i, null, values[i]));
        }
        return intercept(new TopicPartition("samples", 0), records);
    }

    /** Passes records through the interceptor to the source's reader, as Kafka's consumer and Flink's source do. */
    private List<SourceRecord> intercept(TopicPartition partition, List<ConsumerRecord<byte[], byte[]>> records)
            throws Exception {
        Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> fetched = new LinkedHashMap<>();
        fetched.put(partition, records);
        List<SourceRecord> read = new ArrayList<>();
        SourceRecordReader reader = new SourceRecordReader();
        for (ConsumerRecord<byte[], byte[]> record : interceptor.onConsume(new ConsumerRecords<>(fetched, Map.of()))) {
            reader.deserialize(record, new ListCollector(read));
        }
        return read;
    }

    private record ListCollector(List<SourceRecord> records) implements Collector<SourceRecord> {
        @Override
        public void collect(SourceRecord record) {
            records.add(record);
        }

        @Override
        public void close() {}
    }

    private static void send(DecodeHarness harness, List<SourceRecord> records) throws Exception {
        for (SourceRecord record : records) {
            harness.send(record);
        }
    }
}
