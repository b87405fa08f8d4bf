package io.freshet.schemas.sample;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.learning.encode.FeatureEncoder;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.spec.ModelSpec;
import java.io.ByteArrayOutputStream;
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
import org.junit.jupiter.params.provider.CsvSource;

/** Would catch a unit of an Avro timestamp that is ignored, and a text that is refused where a number is expected. */
class TimeFieldsTest {
    private static final long MILLIS = 1_911_768_300_123L;
    private static final String TEXT = "2030-07-31T22:45:00.123Z";
    private static final ModelSpec SPEC = ModelSpec.parse("{name: m, label: y, features: {time: {field: at, features:"
            + " [hour, weekday, day, month], encoding: cyclic}}, loss: mean-squared-error}");
    private static final RowLayout LAYOUT = RowLayout.of(List.of(SPEC));

    private final JsonDecoder json = new JsonDecoder(LAYOUT, RecordFields.NONE);
    private final double[] expected = encode(json, bytes("{\"y\": 1, \"at\": " + MILLIS + "}"));

    TimeFieldsTest() throws Exception {}

    @Test
    void numbers_and_texts_are_the_same_time_in_json_and_samples() throws Exception {
        assertThat(expected).hasSize(8);
        assertThat(encode(json, bytes("{\"y\": 1, \"at\": \"" + TEXT + "\"}"))).containsExactly(expected);
        assertThat(encode(json, bytes("{\"y\": 1, \"at\": \"" + MILLIS + "\"}")))
                .containsExactly(expected);
        SampleDecoder avro = new SampleDecoder(LAYOUT);
        SampleWriter writer = new SampleWriter();
        assertThat(encode(avro, writer.write("", "", 1, Map.of("y", 1.0, "at", (double) MILLIS), Map.of())))
                .containsExactly(expected);
        assertThat(encode(avro, writer.write("", "", 1, Map.of("y", 1.0), Map.of("at", TEXT))))
                .containsExactly(expected);
    }

    @Test
    void a_row_that_is_sent_as_a_sample_keeps_its_time() throws Exception {
        Row row = new Row(LAYOUT);
        json.decode(bytes("{\"y\": 1, \"at\": \"" + TEXT + "\"}"), 1, row);
        assertThat(encode(new SampleDecoder(LAYOUT), new RowEncoder(LAYOUT).encode(row, "")))
                .containsExactly(expected);
    }

    @ParameterizedTest
    @CsvSource({"timestamp-millis, 1", "timestamp-micros, 1000", "local-timestamp-nanos, 1000000"})
    void an_avro_timestamp_of_any_unit_is_milliseconds(String logicalType, long perMilli) throws Exception {
        String type = "{\"type\": \"long\", \"logicalType\": \"" + logicalType + "\"}";
        assertThat(confluent(type, MILLIS * perMilli)).containsExactly(expected);
    }

    @Test
    void an_avro_text_or_number_is_a_time() throws Exception {
        assertThat(confluent("\"string\"", TEXT)).containsExactly(expected);
        assertThat(confluent("\"long\"", MILLIS)).containsExactly(expected);
        assertThat(confluent("\"double\"", (double) MILLIS)).containsExactly(expected);
    }

    @Test
    void another_type_is_rejected() {
        assertThatThrownBy(() -> encode(json, bytes("{\"y\": 1, \"at\": [1]}")))
                .hasMessageStartingWith("at: missing (expected: milliseconds");
    }

    private static double[] confluent(String type, Object value) throws Exception {
        Schema schema = new Schema.Parser()
                .parse("{\"type\": \"record\", \"name\": \"E\", \"fields\": ["
                        + "{\"name\": \"y\", \"type\": \"int\"}, {\"name\": \"at\", \"type\": " + type + "}]}");
        GenericData.Record record = new GenericData.Record(schema);
        record.put("y", 1);
        record.put("at", value);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
        new GenericDatumWriter<GenericData.Record>(schema).write(record, encoder);
        encoder.flush();
        byte[] bytes = ByteBuffer.allocate(5 + out.size())
                .put((byte) 0)
                .putInt(1)
                .put(out.toByteArray())
                .array();
        return encode(new ConfluentDecoder(LAYOUT, RecordFields.NONE, id -> List.of(schema.toString())), bytes);
    }

    private static double[] encode(RecordDecoder decoder, byte[] value) throws Exception {
        Row row = new Row(LAYOUT);
        decoder.decode(value, 1, row);
        return new FeatureEncoder(SPEC, LAYOUT).encode(row, 0, 0).numeric();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
