package io.freshet.schemas.sample;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.learning.encode.FeatureEncoder;
import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.features.Sample;
import io.freshet.learning.spec.ModelSpec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Would catch a format in which a missing feature is encoded differently, and a wrong type that is taken for a missing value. */
class MissingFieldsTest {
    private static final ModelSpec SPEC = ModelSpec.parse(
            "{name: m, label: y, loss: mean-squared-error, features: {numeric: [a, b], categorical: [c],"
                    + " tokens: [t], sparse: [s], missing: indicator}}");
    private static final RowLayout LAYOUT = RowLayout.of(List.of(SPEC));
    private static final Schema EVENT = new Schema.Parser().parse("""
            {"type": "record", "name": "E", "fields": [
              {"name": "y", "type": "int"}, {"name": "b", "type": "double"},
              {"name": "a", "type": ["null", "double", "string"]},
              {"name": "c", "type": ["null", "string", {"type": "map", "values": "int"}]},
              {"name": "t", "type": ["null", {"type": "array", "items": "string"}]}]}
            """);

    private final FeatureEncoder encoder = new FeatureEncoder(SPEC, LAYOUT);
    private final RecordDecoder json = new JsonDecoder(LAYOUT, RecordFields.NONE);
    private final RecordDecoder confluent =
            new ConfluentDecoder(LAYOUT, RecordFields.NONE, id -> List.of(EVENT.toString()));

    @Test
    void null_and_absent_fields_and_nan_are_encoded_alike_in_every_format() throws Exception {
        Sample sample = encode(json, bytes("{\"y\": 1, \"b\": 2}"));
        assertThat(sample.numeric()).containsExactly(Double.NaN, 2, 1, 0);
        assertThat(sample.rows()).hasSize(1);

        assertSame(sample, encode(json, bytes("{\"y\": 1, \"b\": 2, \"a\": null, \"c\": null, \"t\": null}")));
        assertSame(sample, encode(json, bytes("{\"y\": 1, \"b\": 2, \"c\": \"\", \"t\": [], \"s\": \"\"}")));
        assertSame(sample, encode(confluent, confluent(event())));
        GenericData.Record nan = event();
        nan.put("a", Double.NaN);
        assertSame(sample, encode(confluent, confluent(nan)));
        SampleDecoder avro = new SampleDecoder(LAYOUT);
        SampleWriter writer = new SampleWriter();
        assertSame(sample, encode(avro, writer.write("", "", 1, Map.of("y", 1.0, "b", 2.0), Map.of())));
        Map<String, Double> numbers = Map.of("y", 1.0, "b", 2.0, "a", Double.NaN);
        assertSame(sample, encode(avro, writer.write("", "", 1, numbers, Map.of("c", ""))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"NA", "nan", "null", "None", "?", "-", " "})
    void a_word_for_missing_is_encoded_like_an_absent_number_in_every_format(String word) throws Exception {
        Sample sample = encode(json, bytes("{\"y\": 1, \"b\": 2}"));
        assertSame(sample, encode(json, bytes("{\"y\": 1, \"b\": 2, \"a\": \"" + word + "\"}")));
        GenericData.Record record = event();
        record.put("a", word);
        assertSame(sample, encode(confluent, confluent(record)));
        byte[] avro = new SampleWriter().write("", "", 1, Map.of("y", 1.0, "b", 2.0), Map.of("a", word));
        assertSame(sample, encode(new SampleDecoder(LAYOUT), avro));
    }

    @Test
    void a_text_that_is_no_word_for_missing_is_rejected_in_every_format() throws Exception {
        assertThatThrownBy(() -> encode(json, bytes("{\"y\": 1, \"b\": 2, \"a\": \"x\"}")))
                .hasMessage("a: \"x\" (expected: a number)");
        byte[] avro = new SampleWriter().write("", "", 1, Map.of("y", 1.0, "b", 2.0), Map.of("a", "x"));
        assertThatThrownBy(() -> encode(new SampleDecoder(LAYOUT), avro)).hasMessage("a: x (expected: a number)");
        byte[] label = new SampleWriter().write("", "", 1, Map.of("b", 2.0), Map.of("y", "NA"));
        assertThatThrownBy(() -> encode(new SampleDecoder(LAYOUT), label)).hasMessage("y: NA (expected: a number)");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"a\": 1e400",
                "\"a\": [1]",
                "\"c\": {\"x\": 1}",
                "\"t\": [\"b c\"]",
                "\"s\": {\"indices\": [-1]}"
            })
    void a_json_field_of_the_wrong_type_is_not_missing(String field) {
        assertThatThrownBy(() -> encode(json, bytes("{\"y\": 1, \"b\": 2, " + field + "}")))
                .isInstanceOf(InvalidSampleException.class)
                .hasMessageStartingWith(field.charAt(1) + ": missing (expected: ");
    }

    @Test
    void an_avro_field_of_the_wrong_type_is_not_missing() throws Exception {
        GenericData.Record number = event();
        number.put("a", "x");
        byte[] word = confluent(number);
        assertThatThrownBy(() -> encode(confluent, word)).hasMessage("a: \"x\" (expected: a number)");
        GenericData.Record text = event();
        text.put("c", Map.of("x", 1));
        GenericData.Record words = event();
        words.put("t", List.of("b c"));
        for (GenericData.Record record : List.of(text, words)) {
            byte[] value = confluent(record);
            assertThatThrownBy(() -> encode(confluent, value))
                    .isInstanceOf(InvalidSampleException.class)
                    .hasMessageContaining(": missing (expected: ");
        }
    }

    private Sample encode(RecordDecoder decoder, byte[] value) throws Exception {
        Row row = new Row(LAYOUT);
        decoder.decode(value, 1, row);
        return encoder.encode(row, 0, 0);
    }

    private static void assertSame(Sample expected, Sample sample) {
        assertThat(sample.numeric()).containsExactly(expected.numeric());
        assertThat(sample.rows()).isEqualTo(expected.rows());
        assertThat(sample.values()).isEqualTo(expected.values());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    private static GenericData.Record event() {
        GenericData.Record event = new GenericData.Record(EVENT);
        event.put("y", 1);
        event.put("b", 2.0);
        return event;
    }

    private static byte[] confluent(GenericData.Record record) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
        new GenericDatumWriter<GenericData.Record>(EVENT).write(record, encoder);
        encoder.flush();
        return ByteBuffer.allocate(5 + out.size())
                .put((byte) 0)
                .putInt(1)
                .put(out.toByteArray())
                .array();
    }
}
