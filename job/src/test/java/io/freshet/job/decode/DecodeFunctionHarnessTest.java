package io.freshet.job.decode;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.job.TestLines;
import io.freshet.job.TestStream;
import io.freshet.job.record.KeyedSample;
import io.freshet.job.record.RecordHeaders;
import io.freshet.job.record.SourceRecord;
import io.freshet.learning.features.Sample;
import io.freshet.learning.features.Stage;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.sample.RecordFields;
import io.freshet.schemas.sample.RecordFormat;
import io.freshet.schemas.sample.SampleHeader;
import io.freshet.schemas.sample.SampleWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Would catch samples encoded for the wrong model, or changed after being emitted. */
class DecodeFunctionHarnessTest {
    private static final ModelSpec WHOLE = TestStream.whole(4);
    private static final ModelSpec KEYED = TestStream.keyed();

    @Test
    void encodes_a_record_for_every_model() throws Exception {
        try (var harness = DecodeHarness.start(WHOLE, KEYED)) {
            harness.send(TestStream.record(7, TestStream.value(7)));

            assertThat(DecodeHarness.bytes(harness.samples()))
                    .containsExactlyInAnyOrderElementsOf(
                            DecodeHarness.bytes(List.of(TestStream.sample(KEYED, 7), TestStream.sample(WHOLE, 7))));
            assertThat(harness.deadLetters()).isEmpty();
        }
    }

    @Test
    void encodes_a_record_for_the_one_model_that_it_names() throws Exception {
        try (var harness = DecodeHarness.start(WHOLE, KEYED)) {
            harness.send(TestStream.record(7, TestStream.value(7, "keyed")));

            assertThat(DecodeHarness.bytes(harness.samples()))
                    .isEqualTo(DecodeHarness.bytes(List.of(TestStream.sample(KEYED, 7))));
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
        try (var harness = DecodeHarness.start(spec)) {
            for (int i = 0; i < 200; i++) {
                float[] pixels = {i, 0.5f, -1};
                Map<String, float[]> vectors = Map.of("pixel", pixels, "mask", new float[] {i % 2, 1});
                String id = "id" + i % 100;
                byte[] value =
                        new SampleWriter().write(new SampleHeader(id, "", 5, i / 100), Map.of(), Map.of(), vectors);
                harness.send(TestStream.record(i, value));
                Sample sample = harness.samples().get(i).sample();
                assertThat(sample.dense()).isEqualTo(pixels);
                assertThat(sample.label()).isEqualTo(new float[] {i % 2, 1});
                assertThat(sample.epoch()).isEqualTo(i / 100);
                if (sample.holdout()) {
                    held.get(i / 100).add(i % 100);
                }
            }
            assertThat(harness.deadLetters()).isEmpty();
            assertThat(held.get(0)).hasSizeBetween(30, 70).isEqualTo(held.get(1));

            byte[] nameless = new SampleWriter()
                    .write(
                            new SampleHeader("", "", 5, 0),
                            Map.of(),
                            Map.of(),
                            Map.of("pixel", new float[3], "mask", new float[2]));
            harness.send(TestStream.record(200, nameless));
            assertThat(DecodeHarness.message(harness.onlyDeadLetter()))
                    .isEqualTo("id: missing (expected: an id, whose hash selects the held-out samples)");
        }
    }

    @Test
    void a_stage_that_a_model_cannot_learn_is_its_dead_letter() throws Exception {
        ModelSpec joined = ModelSpec.parse(
                WHOLE.toYaml().replace("name: whole", "name: joined") + "join: {within: 1h, after: 0}\n");
        try (var harness = DecodeHarness.start(WHOLE, joined)) {
            SampleHeader open = new SampleHeader("r1", "", 5, 0, Stage.OPEN, null);
            Map<String, Double> numbers = Map.of("a", 1.0, "b", 2.0, "y", 1.0, "w", 1.0);
            harness.send(TestStream.record(0, new SampleWriter().write(open, numbers, Map.of("d", "x"), Map.of())));
            SampleHeader closed = new SampleHeader("r1", "joined", 5, 0, Stage.CLOSED, null);
            harness.send(TestStream.record(1, new SampleWriter().write(closed, Map.of("y", 1.0), Map.of(), Map.of())));

            assertThat(harness.samples().stream()
                            .map(each -> each.modelKey() + each.sample().stage()))
                    .containsExactly("joined/OPEN", "joined/CLOSED");
            assertThat(DecodeHarness.message(harness.onlyDeadLetter()))
                    .isEqualTo("stage: 1, open (expected: 0, complete: the model has no join)");
        }
    }

    /** A redriven record must not be learned again by a model that had not rejected it. */
    @Test
    void encodes_a_record_for_the_one_model_that_a_header_names() throws Exception {
        try (var harness = DecodeHarness.start(WHOLE, KEYED)) {
            String[] names = {"freshet.model", "other", "freshet.model"};
            byte[][] values = {"whole".getBytes(UTF_8), null, "keyed".getBytes(UTF_8)};
            harness.send(new SourceRecord(0, 7, 1, null, TestStream.value(7), new RecordHeaders(names, values)));

            assertThat(harness.samples())
                    .singleElement()
                    .satisfies(sample -> assertThat(sample.modelKey()).startsWith("keyed/"));
            assertThat(harness.deadLetters()).isEmpty();
        }
    }

    @Test
    void emitted_samples_are_not_changed_by_later_ones() throws Exception {
        try (var harness = DecodeHarness.start(WHOLE, KEYED)) {
            List<KeyedSample> expected = new ArrayList<>();
            for (long offset = 0; offset < 50; offset++) {
                harness.send(TestStream.record(offset, TestStream.value(offset)));
                expected.add(TestStream.sample(KEYED, offset));
                expected.add(TestStream.sample(WHOLE, offset));
            }
            assertThat(DecodeHarness.bytes(harness.samples())).isEqualTo(DecodeHarness.bytes(expected));
        }
    }

    /** Each model reads its own fields: a record invalid for one model may be valid for another. */
    @Test
    void each_model_reads_its_own_fields_of_a_json_record_and_dead_letters_name_the_invalid_field() throws Exception {
        ModelSpec age = ModelSpec.parse("""
            {name: age, label: $.clicked, features: {numeric: [$.user.age]}, loss: binary-cross-entropy}
            """);
        ModelSpec country = ModelSpec.parse("""
            {name: country, label: clicked, key: user.country, features: {numeric: [hour]}, loss: binary-cross-entropy}
            """);
        RecordFormat json = new RecordFormat.Json(RecordFields.of(null, "$.at", "only"));
        try (var harness = DecodeHarness.start(json, age, country)) {
            harness.send(TestStream.record(
                    0, utf8("{'clicked': 1, 'hour': 7, 'user': {'age': 41, 'country': 'CH'}, 'at': 5}")));
            assertThat(harness.samples())
                    .satisfiesExactly(
                            sample -> assertThat(sample.sample().numeric()).containsExactly(41),
                            sample -> assertThat(sample.modelKey()).isEqualTo("country/CH"));
            assertThat(harness.samples().get(0).sample().eventTime()).isEqualTo(5);

            harness.send(
                    TestStream.record(1, utf8("{'clicked': 0, 'hour': 7, 'user': {'age': 'old', 'country': 'CH'}}")));
            assertThat(harness.samples()).hasSize(3);
            assertThat(DecodeHarness.message(harness.onlyDeadLetter()))
                    .isEqualTo("user.age: \"old\" (expected: a number)");
            assertThat(TestLines.headers(harness.onlyDeadLetter())).containsEntry("freshet.model", "age");

            harness.send(TestStream.record(2, utf8("{'clicked': 0, 'hour': 7, 'user': {'age': 4}, 'only': 'age'}")));
            harness.send(TestStream.record(3, utf8("{'clicked': 0, 'hour': 7, 'user': {'age': 4}, 'only': 'old'}")));
            assertThat(harness.samples()).hasSize(4);
            assertThat(harness.deadLetters()).hasSize(2);
            assertThat(DecodeHarness.message(harness.deadLetters().get(1)))
                    .isEqualTo("model: old (expected: one of [age, country])");
        }
    }

    /** Names may contain what separates a name from the rest of a message. */
    @Test
    void a_missing_field_is_not_confused_with_an_invalid_one_whose_name_begins_in_the_same_way() throws Exception {
        ModelSpec first = ModelSpec.parse("""
            {name: first, label: clicked, features: {numeric: ["age[0]"]}, loss: binary-cross-entropy}
            """);
        ModelSpec second = ModelSpec.parse("""
            {name: second, label: clicked, features: {numeric: ["age[1]"]}, loss: binary-cross-entropy}
            """);
        try (var harness = DecodeHarness.start(new RecordFormat.Json(RecordFields.NONE), first, second)) {
            harness.send(TestStream.record(0, utf8("{'clicked': 1, 'age[0]': 'old'}")));
            assertThat(harness.deadLetters())
                    .extracting(DecodeHarness::message)
                    .containsExactly("age[0]: \"old\" (expected: a number)", "age[1]: missing (expected: a number)");
        }
    }

    private static byte[] utf8(String json) {
        return json.replace('\'', '"').getBytes(UTF_8);
    }
}
