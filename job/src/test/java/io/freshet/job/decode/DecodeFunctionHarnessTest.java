package io.freshet.job.decode;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.job.TestLines;
import io.freshet.job.TestStream;
import io.freshet.job.record.KeyedSample;
import io.freshet.job.record.KeyedSampleSerializer;
import io.freshet.job.record.OutputRecord;
import io.freshet.job.record.RecordHeaders;
import io.freshet.job.record.SourceRecord;
import io.freshet.job.record.SpecChange;
import io.freshet.job.topology.TrainerEnvironment;
import io.freshet.learning.features.Sample;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.Snapshot;
import io.freshet.learning.learner.WarmStart;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.WarmStartReference;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.field.RecordFields;
import io.freshet.schemas.format.RecordFormat;
import io.freshet.schemas.sample.SampleHeader;
import io.freshet.schemas.sample.SampleWriter;
import io.freshet.schemas.snapshot.PublishedSnapshot;
import io.freshet.schemas.snapshot.SnapshotCodec;
import io.freshet.schemas.snapshot.SnapshotReader;
import io.freshet.schemas.spec.WarmStartCodec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.co.CoBroadcastWithNonKeyedOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.BroadcastOperatorTestHarness;
import org.junit.jupiter.api.Test;

/** Would catch records that fail the job or are lost, and specifications lost by a restarted or rescaled decoder. */
class DecodeFunctionHarnessTest {
    private static final int KEY_GROUPS = TrainerEnvironment.MAXIMUM_PARALLELISM;
    private static final ModelSpec WHOLE = TestStream.whole(4);
    private static final ModelSpec KEYED = TestStream.keyed();

    @Test
    void encodes_a_record_for_every_model() throws Exception {
        try (var harness = start(WHOLE, KEYED)) {
            send(harness, TestStream.record(7, TestStream.value(7)));

            assertThat(bytes(harness.extractOutputValues()))
                    .containsExactlyInAnyOrderElementsOf(
                            bytes(List.of(TestStream.sample(KEYED, 7), TestStream.sample(WHOLE, 7))));
            assertThat(deadLetters(harness)).isEmpty();
        }
    }

    @Test
    void encodes_a_record_for_the_one_model_that_it_names() throws Exception {
        try (var harness = start(WHOLE, KEYED)) {
            send(harness, TestStream.record(7, TestStream.value(7, "keyed")));

            assertThat(bytes(harness.extractOutputValues())).isEqualTo(bytes(List.of(TestStream.sample(KEYED, 7))));
        }
    }

    /** Half of the samples are held out by the hash of their id, the same ones in each epoch. */
    @Test
    void decodes_vectors_the_epoch_and_the_id_that_decides_the_holdout() throws Exception {
        ModelSpec spec = ModelSpec.parse("""
            {name: masks, label: mask*, outputs: 2, features: {dense: {field: pixel*, length: 3}},
             loss: binary-cross-entropy, holdout: 0.5}
            """);
        List<List<Integer>> held = List.of(new ArrayList<>(), new ArrayList<>());
        try (var harness = start(spec)) {
            for (int i = 0; i < 200; i++) {
                float[] pixels = {i, 0.5f, -1};
                Map<String, float[]> vectors = Map.of("pixel", pixels, "mask", new float[] {i % 2, 1});
                String id = "id" + i % 100;
                byte[] value =
                        new SampleWriter().write(new SampleHeader(id, "", 5, i / 100), Map.of(), Map.of(), vectors);
                send(harness, TestStream.record(i, value));
                Sample sample = harness.extractOutputValues().get(i).sample();
                assertThat(sample.dense()).isEqualTo(pixels);
                assertThat(sample.label()).isEqualTo(new float[] {i % 2, 1});
                assertThat(sample.epoch()).isEqualTo(i / 100);
                if (sample.holdout()) {
                    held.get(i / 100).add(i % 100);
                }
            }
            assertThat(deadLetters(harness)).isEmpty();
            assertThat(held.get(0)).hasSizeBetween(30, 70).isEqualTo(held.get(1));

            byte[] nameless = new SampleWriter()
                    .write(
                            new SampleHeader("", "", 5, 0),
                            Map.of(),
                            Map.of(),
                            Map.of("pixel", new float[3], "mask", new float[2]));
            send(harness, TestStream.record(200, nameless));
            assertThat(message(onlyDeadLetter(harness)))
                    .isEqualTo("id: missing (expected: an identity, by whose hash samples are held out)");
        }
    }

    /** A redriven record that one model rejected and another learned must not be learned twice. */
    @Test
    void encodes_a_record_for_the_one_model_that_a_header_names() throws Exception {
        try (var harness = start(WHOLE, KEYED)) {
            String[] names = {"freshet.model", "other", "freshet.model"};
            byte[][] values = {"whole".getBytes(UTF_8), null, "keyed".getBytes(UTF_8)};
            send(harness, new SourceRecord(0, 7, 1, null, TestStream.value(7), new RecordHeaders(names, values)));

            assertThat(harness.extractOutputValues())
                    .singleElement()
                    .satisfies(sample -> assertThat(sample.modelKey()).startsWith("keyed/"));
            assertThat(deadLetters(harness)).isEmpty();
        }
    }

    @Test
    void emitted_samples_are_not_changed_by_later_ones() throws Exception {
        try (var harness = start(WHOLE, KEYED)) {
            List<KeyedSample> expected = new ArrayList<>();
            for (long offset = 0; offset < 50; offset++) {
                send(harness, TestStream.record(offset, TestStream.value(offset)));
                expected.add(TestStream.sample(KEYED, offset));
                expected.add(TestStream.sample(WHOLE, offset));
            }
            assertThat(bytes(harness.extractOutputValues())).isEqualTo(bytes(expected));
        }
    }

    @Test
    void a_malformed_record_is_a_dead_letter_with_key_value_and_headers() throws Exception {
        try (var harness = start(WHOLE)) {
            harness.setProcessingTime(2_000_000);
            byte[] value = "{\"not\": \"avro\"}".getBytes(UTF_8);
            SourceRecord record = new SourceRecord(
                    3,
                    41,
                    1_234_567,
                    new byte[] {1, 2},
                    value,
                    new RecordHeaders(new String[] {"trace", "empty"}, new byte[][] {{9, 8}, null}));
            send(harness, record);

            OutputRecord letter = onlyDeadLetter(harness);
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
                            "__connect.errors.exception.message");
            assertThat(letter.headers().values()[0]).containsExactly(9, 8);
            assertThat(letter.headers().values()[1]).isNull();
            assertThat(text(letter, 2)).isEqualTo("samples");
            assertThat(text(letter, 3)).isEqualTo("3");
            assertThat(text(letter, 4)).isEqualTo("41");
            assertThat(text(letter, 5)).isEqualTo("decode");
            assertThat(text(letter, 6))
                    .isEqualTo("value: 7b 22 6e 6f 74 22 3a 20 ... (15 bytes) (expected: Avro"
                            + " single-object encoding, C3 01 ...)");
            assertThat(harness.extractOutputValues()).isEmpty();
        }
    }

    @Test
    void every_kind_of_malformed_record_is_a_dead_letter_and_the_stream_continues() throws Exception {
        try (var harness = start(WHOLE)) {
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
                send(harness, TestStream.record(i, values.get(i)));
            }

            List<OutputRecord> letters = deadLetters(harness);
            assertThat(letters).hasSameSizeAs(values);
            for (int i = 0; i < values.size(); i++) {
                assertThat(letters.get(i).value()).isEqualTo(values.get(i));
                assertThat(TestLines.headers(letters.get(i)))
                        .containsEntry("__connect.errors.stage", "decode")
                        .containsEntry("__connect.errors.offset", Integer.toString(i));
            }
            assertThat(message(letters.get(0))).isEqualTo("value: none (expected: a sample)");
            send(harness, TestStream.record(7, sample));
            assertThat(harness.extractOutputValues()).hasSize(1);
        }
    }

    @Test
    void a_record_rejected_by_one_model_still_reaches_another() throws Exception {
        try (var harness = start(WHOLE, KEYED)) {
            byte[] value = TestStream.value(7, Map.of("y", 7.0));
            send(harness, TestStream.record(7, value));

            assertThat(bytes(harness.extractOutputValues()))
                    .isEqualTo(bytes(List.of(TestStream.sample(KEYED, 7, value))));
            OutputRecord letter = onlyDeadLetter(harness);
            assertThat(letter.value()).isEqualTo(value);
            assertThat(TestLines.headers(letter))
                    .containsEntry("__connect.errors.stage", "encode")
                    .containsEntry("freshet.model", "whole");
            assertThat(message(letter)).startsWith("y: 7.0 (expected: ");
        }
    }

    /** Its snapshots would not fit into a record: the job would fail again after every restart. */
    @Test
    void a_key_that_is_empty_or_very_long_is_a_dead_letter_of_the_models_with_a_key() throws Exception {
        try (var harness = start(WHOLE, KEYED)) {
            String longest = "\u00e9".repeat(512);
            send(harness, TestStream.record(1, TestStream.valueOfKey(1, longest)));
            send(harness, TestStream.record(2, TestStream.valueOfKey(2, longest + "e")));
            send(harness, TestStream.record(3, TestStream.valueOfKey(3, "k".repeat(600_000))));
            send(harness, TestStream.record(4, TestStream.valueOfKey(4, "")));

            assertThat(harness.extractOutputValues().stream().map(KeyedSample::modelKey))
                    .containsExactly("keyed/" + longest, "whole/", "whole/", "whole/", "whole/");
            assertThat(deadLetters(harness).stream().map(DecodeFunctionHarnessTest::message))
                    .containsExactly(
                            "c: a text of 1025 bytes (expected: a key of 1 to 1024 bytes of UTF-8)",
                            "c: a text of 600000 bytes (expected: a key of 1 to 1024 bytes of UTF-8)",
                            "c: a text of 0 bytes (expected: a key of 1 to 1024 bytes of UTF-8)");
        }
    }

    @Test
    void a_record_rejected_by_two_models_is_a_dead_letter_of_each() throws Exception {
        try (var harness = start(WHOLE, KEYED)) {
            send(harness, TestStream.record(7, TestStream.value(7, Map.of("a", Double.NaN))));

            assertThat(deadLetters(harness).stream()
                            .map(letter -> TestLines.headers(letter).get("freshet.model")))
                    .containsExactlyInAnyOrder("whole", "keyed");
            assertThat(harness.extractOutputValues()).isEmpty();
        }
    }

    @Test
    void a_sample_for_an_unknown_model_is_a_dead_letter() throws Exception {
        try (var harness = start(WHOLE, KEYED)) {
            send(harness, TestStream.record(7, TestStream.value(7, "keyde")));

            OutputRecord letter = onlyDeadLetter(harness);
            assertThat(TestLines.headers(letter)).doesNotContainKey("freshet.model");
            assertThat(message(letter)).isEqualTo("model: keyde (expected: one of [keyed, whole])");
        }
    }

    @Test
    void the_message_of_a_dead_letter_is_truncated() throws Exception {
        try (var harness = start(WHOLE, KEYED)) {
            send(harness, TestStream.record(7, TestStream.value(7, "m".repeat(900_000))));

            OutputRecord letter = onlyDeadLetter(harness);
            assertThat(message(letter).substring(0, 20)).isEqualTo("model: mmmmmmmmmmmmm");
            assertThat(message(letter).length()).isLessThan(2000);
            assertThat(letter.value().length).isGreaterThan(900_000);
        }
    }

    @Test
    void the_dead_letter_of_a_large_record_only_locates_it() throws Exception {
        try (var harness = start(WHOLE)) {
            SourceRecord record = new SourceRecord(
                    2,
                    9,
                    1,
                    new byte[] {1},
                    new byte[2_000_000],
                    new RecordHeaders(new String[] {"trace"}, new byte[][] {{9}}));
            send(harness, record);

            OutputRecord letter = onlyDeadLetter(harness);
            assertThat(letter.key()).isNull();
            assertThat(letter.value()).isEmpty();
            assertThat(TestLines.headers(letter))
                    .doesNotContainKey("trace")
                    .containsEntry("__connect.errors.partition", "2")
                    .containsEntry("__connect.errors.offset", "9")
                    .containsEntry("freshet.size", "2000017");
        }
    }

    /** The overhead of headers can make a record too large as well. */
    @Test
    void the_dead_letter_of_a_record_with_large_headers_only_locates_it() throws Exception {
        try (var harness = start(WHOLE)) {
            String[] many = new String[600_000];
            Arrays.fill(many, "");
            String[] wide = {"\u20ac".repeat(340_000)};
            String[] few = {"\u20ac".repeat(330_000)};
            send(
                    harness,
                    new SourceRecord(0, 1, 1, null, new byte[1], new RecordHeaders(many, new byte[many.length][])));
            send(harness, new SourceRecord(0, 2, 1, null, new byte[1], new RecordHeaders(wide, new byte[1][])));
            send(harness, new SourceRecord(0, 3, 1, null, new byte[1], new RecordHeaders(few, new byte[1][])));

            assertThat(deadLetters(harness).stream()
                            .map(letter -> TestLines.headers(letter).get("freshet.size")))
                    .containsExactly("6000001", "1020011", null);
            assertThat(deadLetters(harness).get(0).headers().names()).hasSizeLessThan(10);
            assertThat(deadLetters(harness).get(2).headers().names()).contains(few[0]);
        }
    }

    @Test
    void a_dead_letter_has_no_future_timestamp_which_a_broker_would_refuse() throws Exception {
        try (var harness = start(WHOLE)) {
            harness.setProcessingTime(5_000);
            send(harness, new SourceRecord(0, 1, Long.MAX_VALUE, null, new byte[0], RecordHeaders.NONE));

            assertThat(onlyDeadLetter(harness).timestamp()).isEqualTo(5_000);
        }
    }

    /** Each model reads its own fields: a record invalid for one model may be valid for another. */
    @Test
    void each_model_reads_its_fields_of_a_json_record_and_dead_letters_name_the_invalid_one() throws Exception {
        ModelSpec age = ModelSpec.parse("""
            {name: age, label: $.clicked, features: {numeric: [$.user.age]}, loss: binary-cross-entropy}
            """);
        ModelSpec country = ModelSpec.parse("""
            {name: country, label: clicked, key: user.country, features: {numeric: [hour]}, loss: binary-cross-entropy}
            """);
        RecordFormat json = new RecordFormat.Json(RecordFields.of(null, "$.at", "only"));
        try (var harness = harness(json, List.of(age, country), 1, 0)) {
            harness.open();
            send(
                    harness,
                    TestStream.record(
                            0, utf8("{'clicked': 1, 'hour': 7, 'user': {'age': 41, 'country': 'CH'}, 'at': 5}")));
            assertThat(harness.extractOutputValues())
                    .satisfiesExactly(
                            sample -> assertThat(sample.sample().numeric()).containsExactly(41),
                            sample -> assertThat(sample.modelKey()).isEqualTo("country/CH"));
            assertThat(harness.extractOutputValues().get(0).sample().eventTime())
                    .isEqualTo(5);

            send(
                    harness,
                    TestStream.record(1, utf8("{'clicked': 0, 'hour': 7, 'user': {'age': 'old', 'country': 'CH'}}")));
            assertThat(harness.extractOutputValues()).hasSize(3);
            assertThat(message(onlyDeadLetter(harness))).isEqualTo("user.age: \"old\" (expected: a number)");
            assertThat(TestLines.headers(onlyDeadLetter(harness))).containsEntry("freshet.model", "age");

            send(harness, TestStream.record(2, utf8("{'clicked': 0, 'hour': 7, 'user': {'age': 4}, 'only': 'age'}")));
            send(harness, TestStream.record(3, utf8("{'clicked': 0, 'hour': 7, 'user': {'age': 4}, 'only': 'old'}")));
            assertThat(harness.extractOutputValues()).hasSize(4);
            assertThat(deadLetters(harness)).hasSize(2);
            assertThat(message(deadLetters(harness).get(1))).isEqualTo("model: old (expected: one of [age, country])");
        }
    }

    private static byte[] utf8(String json) {
        return json.replace('\'', '"').getBytes(UTF_8);
    }

    @Test
    void specifications_take_effect_at_checkpoint_barriers() throws Exception {
        ModelSpec narrower = ModelSpec.parse(
                WHOLE.toYaml().replace("hashBits: 6", "hashBits: 3").replace("reset: false", "reset: true"));
        ModelSpec refused = ModelSpec.parse(WHOLE.toYaml().replace("hashBits: 6", "hashBits: 4"));
        try (var harness = start()) {
            apply(harness, SpecChange.applied(WHOLE));
            send(harness, TestStream.record(0, TestStream.value(0)));
            harness.snapshot(1, 1);
            send(harness, TestStream.record(1, TestStream.value(1)));
            apply(harness, SpecChange.applied(refused));
            apply(harness, SpecChange.applied(narrower));
            harness.snapshot(2, 2);
            send(harness, TestStream.record(2, TestStream.value(2)));
            apply(harness, SpecChange.applied(KEYED));
            apply(harness, SpecChange.deleted("whole"));
            apply(harness, SpecChange.deleted("never-there"));
            harness.snapshot(3, 3);
            send(harness, TestStream.record(3, TestStream.value(3)));

            assertThat(bytes(harness.extractOutputValues()))
                    .isEqualTo(bytes(List.of(
                            TestStream.sample(WHOLE, 1), TestStream.sample(narrower, 2), TestStream.sample(KEYED, 3))));
            assertThat(deadLetters(harness)).isEmpty();
        }
    }

    @Test
    void restored_and_rescaled_decoders_use_the_applied_specifications() throws Exception {
        try (var one = start(WHOLE)) {
            apply(one, SpecChange.applied(KEYED));
            apply(one, SpecChange.deleted("whole"));
            OperatorSubtaskState state = one.snapshot(1, 1);

            List<OperatorSubtaskState> parts = new ArrayList<>();
            for (int subtask = 0; subtask < 3; subtask++) {
                try (var part = restore(state, 1, 3, subtask)) {
                    assertKnowsKeyedOnly(part);
                    parts.add(part.snapshot(2, 2));
                }
            }
            OperatorSubtaskState all =
                    AbstractStreamOperatorTestHarness.repackageState(parts.toArray(OperatorSubtaskState[]::new));
            try (var back = restore(all, 3, 1, 0)) {
                assertKnowsKeyedOnly(back);
            }
        }
    }

    private static void assertKnowsKeyedOnly(
            BroadcastOperatorTestHarness<SourceRecord, SpecChange, KeyedSample> harness) throws Exception {
        send(harness, TestStream.record(7, TestStream.value(7)));
        assertThat(bytes(harness.extractOutputValues())).isEqualTo(bytes(List.of(TestStream.sample(KEYED, 7))));
    }

    /** The decoder drops parameters once they are known to fit; the checksum identifies them under any name. */
    @Test
    void the_same_warm_start_under_another_name_needs_no_parameters_again() throws Exception {
        Learner learner = new Learner(WHOLE);
        Snapshot snapshot = learner.snapshot(learner.start(), "");
        WarmStartReference one = WarmStart.of(List.of(snapshot)).warmStart();
        ModelSpec warm = WHOLE.withStream(WHOLE.stream().withWarmStart(one));
        ModelSpec renamed = WHOLE.withStream(
                WHOLE.stream().withWarmStart(new WarmStartReference("retrained", 70_000, one.checksum())));
        SnapshotReader reader = new SnapshotReader();
        WarmStartCodec codec = new WarmStartCodec();
        try (var harness = start(WHOLE)) {
            for (KeyedBytes record : new SnapshotCodec().write(snapshot, "samples", 0, "test")) {
                PublishedSnapshot published =
                        reader.read(record.key(), record.value()).snapshot();
                for (KeyedBytes part : codec.write("whole", one.checksum(), List.of(published))) {
                    apply(harness, SpecChange.part(codec.read(part.key(), part.value())));
                }
            }
            apply(harness, SpecChange.applied(warm));
            apply(harness, SpecChange.applied(renamed));
            harness.snapshot(1, 1);
            send(harness, TestStream.record(7, TestStream.value(7, "whole")));

            assertThat(bytes(harness.extractOutputValues())).isEqualTo(bytes(List.of(TestStream.sample(renamed, 7))));
        }
    }

    private static BroadcastOperatorTestHarness<SourceRecord, SpecChange, KeyedSample> start(ModelSpec... specs)
            throws Exception {
        var harness = harness(List.of(specs), 1, 0);
        harness.open();
        return harness;
    }

    /** Restores a subtask whose initial specifications are different. */
    private static BroadcastOperatorTestHarness<SourceRecord, SpecChange, KeyedSample> restore(
            OperatorSubtaskState all, int from, int to, int subtask) throws Exception {
        var harness = harness(List.of(WHOLE), to, subtask);
        harness.initializeState(
                AbstractStreamOperatorTestHarness.repartitionOperatorState(all, KEY_GROUPS, from, to, subtask));
        harness.open();
        return harness;
    }

    private static BroadcastOperatorTestHarness<SourceRecord, SpecChange, KeyedSample> harness(
            List<ModelSpec> specs, int parallelism, int subtask) throws Exception {
        return harness(RecordFormat.avro(), specs, parallelism, subtask);
    }

    private static BroadcastOperatorTestHarness<SourceRecord, SpecChange, KeyedSample> harness(
            RecordFormat format, List<ModelSpec> specs, int parallelism, int subtask) throws Exception {
        DecodeFunction function = new DecodeFunction("samples", format, new SpecRegistry(specs));
        var harness = new BroadcastOperatorTestHarness<>(
                new CoBroadcastWithNonKeyedOperator<>(function, List.of(SpecRegistry.STATE)),
                KEY_GROUPS,
                parallelism,
                subtask);
        harness.setup(new KeyedSampleSerializer());
        return harness;
    }

    private static void send(
            BroadcastOperatorTestHarness<SourceRecord, SpecChange, KeyedSample> harness, SourceRecord record)
            throws Exception {
        harness.processElement(new StreamRecord<>(record));
    }

    private static void apply(
            BroadcastOperatorTestHarness<SourceRecord, SpecChange, KeyedSample> harness, SpecChange change)
            throws Exception {
        harness.processBroadcastElement(new StreamRecord<>(change));
    }

    private static OutputRecord onlyDeadLetter(
            BroadcastOperatorTestHarness<SourceRecord, SpecChange, KeyedSample> harness) {
        List<OutputRecord> letters = deadLetters(harness);
        assertThat(letters).hasSize(1);
        return letters.get(0);
    }

    private static List<OutputRecord> deadLetters(
            BroadcastOperatorTestHarness<SourceRecord, SpecChange, KeyedSample> harness) {
        List<OutputRecord> letters = new ArrayList<>();
        var output = harness.getSideOutput(OutputRecord.DEAD_LETTERS);
        if (output != null) {
            output.forEach(record -> letters.add(record.getValue()));
        }
        return letters;
    }

    private static String message(OutputRecord letter) {
        return TestLines.headers(letter).get("__connect.errors.exception.message");
    }

    private static String text(OutputRecord letter, int header) {
        return new String(letter.headers().values()[header], UTF_8);
    }

    private static List<String> bytes(List<KeyedSample> samples) throws Exception {
        List<String> bytes = new ArrayList<>();
        for (KeyedSample sample : samples) {
            DataOutputSerializer out = new DataOutputSerializer(64);
            new KeyedSampleSerializer().serialize(sample, out);
            bytes.add(HexFormat.of().formatHex(out.getCopyOfBuffer()));
        }
        return bytes;
    }
}
