package io.freshet.schemas.sample;

import static io.freshet.schemas.sample.AvroSamples.LAYOUT;
import static io.freshet.schemas.sample.AvroSamples.NUMBERS;
import static io.freshet.schemas.sample.AvroSamples.SCHEMA;
import static io.freshet.schemas.sample.AvroSamples.TEXTS;
import static io.freshet.schemas.sample.AvroSamples.VECTORS;
import static io.freshet.schemas.sample.AvroSamples.draw;
import static io.freshet.schemas.sample.AvroSamples.encode;
import static io.freshet.schemas.sample.AvroSamples.header;
import static io.freshet.schemas.sample.AvroSamples.parse;
import static io.freshet.schemas.sample.AvroSamples.sparse;
import static io.freshet.schemas.sample.AvroSamples.vector;
import static io.freshet.schemas.sample.AvroSamples.writeFloats;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.features.Stage;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.junit.jupiter.api.Test;

/** Would catch a field read from the wrong position. */
class SampleDecoderTest {
    private static final long SEED = 20260113;

    private final SampleDecoder decoder = new SampleDecoder(LAYOUT);
    private final Row row = new Row(LAYOUT);

    /** One decoder reads records that differ in fields and their order, to exercise wrong guesses of field names. */
    @Test
    void reads_what_avro_reads_whatever_the_order_of_fields() throws Exception {
        SplittableRandom random = new SplittableRandom(SEED);
        GenericDatumReader<GenericRecord> avro = new GenericDatumReader<>(SCHEMA);
        for (int trial = 0; trial < 20_000; trial++) {
            byte[] bytes = encode(draw(random), SCHEMA, random.nextInt(3) == 0 ? 16 + random.nextInt(200) : 0);
            GenericRecord expected = avro.read(
                    null, DecoderFactory.get().binaryDecoder(bytes, SampleDecoder.HEADER, bytes.length - 10, null));

            decoder.decode(bytes, 777, row);

            assertRowIs(expected, "seed " + SEED + ", trial " + trial);
        }
    }

    @Test
    void texts_stay_in_the_record_and_are_cleared_by_the_next() throws Exception {
        byte[] bytes = new SampleWriter().write("id", "", 5, Map.of("a", 1.5), Map.of("origin", "ZRH"));
        decoder.decode(bytes, 0, row);
        assertThat(row.bytes()).isSameAs(bytes);
        assertThat(row.text(0)).isEqualTo("ZRH");
        decoder.decode(new SampleWriter().write("", "", 0, Map.of(), Map.of()), 0, row);
        assertThat(row.hasText(0)).isFalse();
        assertThat(row.hasNumber(0)).isFalse();
    }

    @Test
    void a_sample_without_an_event_time_gets_the_record_timestamp() throws Exception {
        decoder.decode(new SampleWriter().write("", "", 0, Map.of(), Map.of()), 99, row);
        assertThat(row.eventTime()).isEqualTo(99);
        decoder.decode(new SampleWriter().write("", "", -1, Map.of(), Map.of()), 99, row);
        assertThat(row.eventTime()).isEqualTo(-1);
    }

    @Test
    void reads_blocks_of_a_negative_count_with_their_length() throws Exception {
        ByteArrayOutputStream out = header(SampleDecoder.FINGERPRINT);
        BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(out, null);
        encoder.writeString("");
        encoder.writeString("m");
        encoder.writeLong(7);
        for (int i = 0; i < 2; i++) {
            encoder.writeLong(-1);
            encoder.writeLong(2 + 8);
            encoder.writeString(i == 0 ? "a" : "w");
            encoder.writeDouble(i + 0.5);
        }
        encoder.writeLong(0);
        encoder.writeLong(-2);
        encoder.writeLong(1000);
        encoder.writeString("dest");
        encoder.writeString("JFK");
        encoder.writeString("both");
        encoder.writeString("");
        encoder.writeLong(0);
        encoder.writeLong(-1);
        encoder.writeLong(40);
        encoder.writeString("pixel");
        writeFloats(encoder, -2, 0.5f, 1.5f);
        writeFloats(encoder, 1, 2.5f);
        writeFloats(encoder, -3, 3.5f, 4.5f, 5.5f);
        encoder.writeLong(0);
        encoder.writeLong(0);
        encoder.writeInt(3);
        encoder.writeLong(-1);
        encoder.writeLong(40);
        encoder.writeString("origin");
        encoder.writeLong(-2);
        encoder.writeLong(3);
        encoder.writeInt(7);
        encoder.writeInt(1_000_000);
        encoder.writeLong(1);
        encoder.writeInt(9);
        encoder.writeLong(0);
        writeFloats(encoder, 1, 0.5f);
        writeFloats(encoder, -2, 1.5f, 2.5f);
        encoder.writeLong(0);
        encoder.writeLong(0);
        encoder.writeInt(1);
        encoder.writeInt(2);
        encoder.writeString("late");
        decoder.decode(out.toByteArray(), 0, row);
        assertThat(Arrays.copyOf(row.sparseIndices(0), row.sparseLength(0))).containsExactly(7, 1_000_000, 9);
        assertThat(Arrays.copyOf(row.sparseValues(0), row.sparseLength(0))).containsExactly(0.5f, 1.5f, 2.5f);
        assertThat(Arrays.copyOf(row.vector(0), row.vectorLength(0)))
                .containsExactly(0.5f, 1.5f, 2.5f, 3.5f, 4.5f, 5.5f);
        assertThat(row.epoch()).isEqualTo(3);
        assertThat(row.number(0)).isEqualTo(0.5);
        assertThat(row.number(4)).isEqualTo(1.5);
        assertThat(row.text(1)).isEqualTo("JFK");
        assertThat(row.text(3)).isEmpty();
        assertThat(decoder.model()).isEqualTo("m");
        assertThat(row.stage()).isEqualTo(Stage.OPEN);
        assertThat(row.previousText()).asString(StandardCharsets.UTF_8).isEqualTo("late");
    }

    @Test
    void rejects_an_unknown_stage_or_type_of_previous_label() throws Exception {
        byte[] stage = new SampleWriter().write("", "", 5, Map.of(), Map.of());
        stage[stage.length - 2] = 8;
        assertThatThrownBy(() -> decoder.decode(stage, 0, row))
                .hasMessage("stage: 4 (expected: 0 complete, 1 open, 2 changed, or 3 closed)");
        byte[] previous = new SampleWriter().write("", "", 5, Map.of(), Map.of());
        previous[previous.length - 1] = 6;
        assertThatThrownBy(() -> decoder.decode(previous, 0, row))
                .hasMessage("previous: type 3 (expected: 0, 1, or 2, for null, a number, or a text)");
    }

    /** Producers in other languages and older producers write with their own schemas. */
    @Test
    void resolves_other_writer_schemas() throws Exception {
        Schema more = parse("""
            {"name": "eventTime", "type": "long"},
            {"name": "extra", "type": ["null", {"type": "array", "items": "string"}]},
            {"name": "texts", "type": {"type": "map", "values": "string"}},
            {"name": "numbers", "type": {"type": "map", "values": "float"}},
            {"name": "model", "type": "string"},
            {"name": "vectors", "type": {"type": "map", "values": {"type": "array", "items": "int"}}},
            {"name": "id", "type": "string"},
            {"name": "epoch", "type": "int"}
            """);
        Schema fewer = parse("""
            {"name": "numbers", "type": {"type": "map", "values": "int"}}
            """);
        SampleDecoder resolving = new SampleDecoder(LAYOUT, List.of(more, fewer));
        GenericRecord record = new GenericData.Record(more);
        record.put("eventTime", 12L);
        record.put("extra", List.of("x", "y"));
        record.put("texts", Map.of("origin", "Zürich", "unknown", "?", "dest", ""));
        record.put("numbers", Map.of("a", 0.25f, "unknown", 1f, "hour", Float.NaN));
        record.put("model", "delays");
        record.put("vectors", Map.of("pixel", List.of(3, 2, 1), "unknown", List.of(4), "Maß", List.of()));
        record.put("id", "7");
        record.put("epoch", 2);
        resolving.decode(encode(record, more, 0), 0, row);
        assertThat(row.eventTime()).isEqualTo(12);
        assertThat(row.text(0)).isEqualTo("Zürich");
        assertThat(row.text(1)).isEmpty();
        assertThat(row.hasText(2)).isFalse();
        assertThat(row.number(0)).isEqualTo(0.25);
        assertThat(row.number(1)).isNaN();
        assertThat(row.hasNumber(1)).isTrue();
        assertThat(row.hasNumber(2)).isFalse();
        assertThat(resolving.model()).isEqualTo("delays");
        assertThat(Arrays.copyOf(row.vector(0), row.vectorLength(0))).containsExactly(3, 2, 1);
        assertThat(row.vectorLength(1)).isZero();
        assertThat(row.hasVector(2)).isFalse();
        assertThat(row.id()).isEqualTo("7");
        assertThat(row.epoch()).isEqualTo(2);

        GenericRecord small = new GenericData.Record(fewer);
        small.put("numbers", Map.of("w", 3));
        resolving.decode(encode(small, fewer, 0), 44, row);
        assertThat(row.number(4)).isEqualTo(3);
        assertThat(row.hasText(0)).isFalse();
        assertThat(row.eventTime()).isEqualTo(44);
        assertThat(resolving.model()).isEmpty();

        resolving.decode(new SampleWriter().write("", "delays", 0, Map.of(), Map.of()), 0, row);
        assertThat(resolving.model()).isEqualTo("delays");
        resolving.decode(new SampleWriter().write("", "", 0, Map.of(), Map.of()), 0, row);
        assertThat(resolving.model()).isEmpty();
    }

    private void assertRowIs(GenericRecord expected, String description) {
        assertThat(row.stage().number()).as(description).isEqualTo(expected.get("stage"));
        Object previous = expected.get("previous");
        assertThat(row.hasPreviousNumber() ? row.previousNumber() : null)
                .as(description)
                .isEqualTo(previous instanceof Double ? previous : null);
        byte[] utf8 = row.previousText();
        assertThat(utf8 == null ? null : new String(utf8, StandardCharsets.UTF_8))
                .as(description)
                .isEqualTo(previous == null || previous instanceof Double ? null : previous.toString());
        Map<String, Double> numbers = new HashMap<>();
        ((Map<?, ?>) expected.get("numbers")).forEach((name, value) -> numbers.put(name.toString(), (Double) value));
        Map<String, String> texts = new HashMap<>();
        ((Map<?, ?>) expected.get("texts")).forEach((name, value) -> texts.put(name.toString(), value.toString()));
        for (int index = 0; index < NUMBERS.size(); index++) {
            Double number = numbers.get(NUMBERS.get(index));
            assertThat(row.hasNumber(index)).as(description).isEqualTo(number != null);
            if (number != null) {
                assertThat(row.number(index)).as(description).isEqualTo(number);
            }
        }
        for (int index = 0; index < TEXTS.size(); index++) {
            String text = texts.get(TEXTS.get(index));
            assertThat(row.hasText(index)).as(description).isEqualTo(text != null);
            if (text != null) {
                assertThat(row.text(index)).as(description).isEqualTo(text);
            }
        }
        Map<String, List<?>> vectors = new HashMap<>();
        ((Map<?, ?>) expected.get("vectors")).forEach((name, value) -> vectors.put(name.toString(), (List<?>) value));
        for (int index = 0; index < VECTORS.size(); index++) {
            List<?> vector = vectors.get(RowLayout.wireName(VECTORS.get(index)));
            assertThat(row.vectorLength(index)).as(description).isEqualTo(vector == null ? -1 : vector.size());
            for (int i = 0; vector != null && i < vector.size(); i++) {
                assertThat(row.vector(index)[i]).as(description).isEqualTo(vector.get(i));
            }
        }
        Map<String, GenericRecord> sparse = new HashMap<>();
        ((Map<?, ?>) expected.get("sparse"))
                .forEach((name, value) -> sparse.put(name.toString(), (GenericRecord) value));
        for (int index = 0; index < TEXTS.size(); index++) {
            GenericRecord vector = sparse.get(TEXTS.get(index));
            List<?> indices = vector == null ? List.of() : (List<?>) vector.get("indices");
            List<?> values = vector == null ? List.of() : (List<?>) vector.get("values");
            assertThat(row.sparseLength(index)).as(description).isEqualTo(vector == null ? -1 : indices.size());
            for (int i = 0; i < indices.size(); i++) {
                assertThat(row.sparseIndices(index)[i]).as(description).isEqualTo(indices.get(i));
                assertThat(row.sparseValues(index)[i]).as(description).isEqualTo(values.isEmpty() ? 1f : values.get(i));
            }
        }
        assertThat(row.id()).as(description).isEqualTo(expected.get("id").toString());
        assertThat(row.epoch()).as(description).isEqualTo(expected.get("epoch"));
        long eventTime = (Long) expected.get("eventTime");
        assertThat(row.eventTime()).as(description).isEqualTo(eventTime == 0 ? 777 : eventTime);
        assertThat(decoder.model())
                .as(description)
                .isEqualTo(expected.get("model").toString());
    }
}
