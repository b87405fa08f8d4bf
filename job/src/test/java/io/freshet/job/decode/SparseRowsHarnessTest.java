package io.freshet.job.decode;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.job.TestStream;
import io.freshet.job.record.SourceRecord;
import io.freshet.job.record.SpecChange;
import io.freshet.job.source.EncodingInterceptor;
import io.freshet.job.source.SourceRecordReader;
import io.freshet.learning.features.MurmurHash3;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.sample.RecordFields;
import io.freshet.schemas.sample.RecordFormat;
import io.freshet.schemas.sample.SampleHeader;
import io.freshet.schemas.sample.SampleWriter;
import io.freshet.schemas.sample.SparseVector;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.functions.util.ListCollector;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** Would catch an index with another row on another path, or after an upgrade from a version that hashed all indices. */
class SparseRowsHarnessTest {
    private static final String FILE =
            "{name: m, label: y, features: {sparse: [s, u], hashBits: 6}, loss: mean-squared-error}";
    private static final ModelSpec ROWS = ModelSpec.parse(FILE);
    private static final ModelSpec HASHED =
            ModelSpec.parse(FILE.replace("[s, u]", "[{field: s, hash: true}, {field: u, hash: true}]"));
    private static final RecordFormat JSON = new RecordFormat.Json(RecordFields.of(null, null, null));
    private static final int U = MurmurHash3.hash("u", 42);
    private static final int[] EXPECTED_ROWS = {1 + 7, 1 + 130 % 64, 1 + (U + 3 & 63)};
    private static final int[] EXPECTED_HASHED = {
        1 + (hash(7, "s") & 63), 1 + (hash(130, "s") & 63), 1 + (hash(3, "u") & 63)
    };

    @Test
    void binary_vectors_texts_and_json_have_the_same_rows_also_if_encoded_ahead() throws Exception {
        byte[] text = new SampleWriter().write("", "", 5, Map.of("y", 1.0), Map.of("s", "7:0.5 130:2", "u", "3:1"));
        byte[] json =
                "{\"y\": 1, \"s\": {\"indices\": [7, 130], \"values\": [0.5, 2]}, \"u\": \"3:1\"}".getBytes(UTF_8);
        assertThat(rows(RecordFormat.avro(), ROWS, binary())).isEqualTo(EXPECTED_ROWS);
        assertThat(rows(RecordFormat.avro(), ROWS, text)).isEqualTo(EXPECTED_ROWS);
        assertThat(rows(JSON, ROWS, json)).isEqualTo(EXPECTED_ROWS);
        assertThat(rows(RecordFormat.avro(), HASHED, binary())).isEqualTo(EXPECTED_HASHED);
        assertThat(rows(RecordFormat.avro(), HASHED, text)).isEqualTo(EXPECTED_HASHED);
        assertThat(rows(JSON, HASHED, json)).isEqualTo(EXPECTED_HASHED);
    }

    /** The state has a specification as a version stored it that hashed all indices; the job starts with the same file. */
    @Test
    void a_restored_job_goes_on_with_hashes_until_the_file_says_so() throws Exception {
        try (var harness = DecodeHarness.restore(ROWS, stored(), 1, 1, 0)) {
            harness.send(TestStream.record(0, binary()));
            harness.apply(SpecChange.applied(ROWS));
            harness.snapshot(1);
            harness.send(TestStream.record(1, binary()));
            harness.apply(SpecChange.applied(HASHED));
            harness.snapshot(2);
            harness.send(TestStream.record(2, binary()));

            assertThat(harness.samples()).hasSize(3).allSatisfy(sample -> {
                assertThat(sample.sample().rows()).isEqualTo(EXPECTED_HASHED);
                assertThat(sample.spec()).isEqualTo(Long.parseUnsignedLong(HASHED.hash(), 16));
            });
            assertThat(harness.deadLetters()).isEmpty();
        }
    }

    private static byte[] binary() {
        return new SampleWriter()
                .write(
                        new SampleHeader("", "", 5, 0),
                        new TreeMap<>(Map.of("y", 1.0)),
                        new TreeMap<>(),
                        new TreeMap<>(),
                        new TreeMap<>(Map.of(
                                "s",
                                new SparseVector(new int[] {7, 130}, new float[] {0.5f, 2}),
                                "u",
                                SparseVector.of(3))));
    }

    /** Returns the rows that the decoder encodes itself, after asserting that those encoded ahead are the same. */
    private static int[] rows(RecordFormat format, ModelSpec spec, byte[] value) throws Exception {
        EncodingInterceptor interceptor = new EncodingInterceptor();
        try (var harness = DecodeHarness.start(format, spec)) {
            harness.send(fetch(interceptor, 0, value));
            SourceRecord waiting = fetch(interceptor, 1, value);
            SourceRecord ahead = fetch(interceptor, 2, value);
            harness.send(waiting);
            harness.send(ahead);
            assertThat(harness.deadLetters()).isEmpty();
            assertThat(harness.samples()).hasSize(3);
            assertThat(harness.samples().get(2)).isSameAs(ahead.ahead().samples()[0]);
            int[] rows = harness.samples().get(0).sample().rows();
            assertThat(harness.samples().get(2).sample().rows()).isEqualTo(rows);
            return rows;
        }
    }

    /** Passes a record through the interceptor of the fetching thread. */
    private static SourceRecord fetch(EncodingInterceptor interceptor, long offset, byte[] value) throws Exception {
        TopicPartition partition = new TopicPartition("samples", 0);
        List<ConsumerRecord<byte[], byte[]>> fetched = List.of(new ConsumerRecord<>("samples", 0, offset, null, value));
        List<SourceRecord> read = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record :
                interceptor.onConsume(new ConsumerRecords<>(Map.of(partition, fetched), Map.of()))) {
            new SourceRecordReader().deserialize(record, new ListCollector<>(read));
        }
        return read.get(0);
    }

    private static int hash(int index, String field) {
        return MurmurHash3.hash(index, MurmurHash3.hash(field, 42));
    }

    /** Returns a state with the specification that hashes all indices. */
    private static OperatorSubtaskState stored() throws Exception {
        return StoredSpecs.of(Map.of("m", HASHED.toYaml()));
    }
}
