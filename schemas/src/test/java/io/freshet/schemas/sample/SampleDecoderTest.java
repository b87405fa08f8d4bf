package io.freshet.schemas.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.avro.WriterSchemas;
import io.freshet.wire.Sample;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.junit.jupiter.api.Test;

/** Would catch a field read from the wrong position, and bytes that fail the job instead of one record. */
class SampleDecoderTest {
    private static final long SEED = 20260113;
    private static final List<String> NUMBERS = List.of("a", "hour", "Größe", "x".repeat(300), "w");
    private static final List<String> TEXTS = List.of("origin", "dest", "日本", "both", "a");
    private static final List<String> VECTORS = List.of("pixel*", "Maß", "a");
    private static final RowLayout LAYOUT = new RowLayout(NUMBERS, TEXTS, VECTORS);
    private static final Schema SCHEMA = Sample.getClassSchema();

    private final SampleDecoder decoder = new SampleDecoder(LAYOUT);
    private final Row row = new Row(LAYOUT);

    /** One decoder reads all records, which differ in fields and their order, so that a wrong guess of a name would show. */
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
    void texts_stay_in_the_record_and_are_gone_with_the_next() throws Exception {
        byte[] bytes = new SampleWriter().write("id", "", 5, Map.of("a", 1.5), Map.of("origin", "ZRH"));
        decoder.decode(bytes, 0, row);
        assertThat(row.bytes()).isSameAs(bytes);
        assertThat(row.text(0)).isEqualTo("ZRH");
        decoder.decode(new SampleWriter().write("", "", 0, Map.of(), Map.of()), 0, row);
        assertThat(row.hasText(0)).isFalse();
        assertThat(row.hasNumber(0)).isFalse();
    }

    @Test
    void a_sample_without_an_event_time_has_that_of_its_record() throws Exception {
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
        decoder.decode(out.toByteArray(), 0, row);
        assertThat(Arrays.copyOf(row.vector(0), row.vectorLength(0)))
                .containsExactly(0.5f, 1.5f, 2.5f, 3.5f, 4.5f, 5.5f);
        assertThat(row.epoch()).isEqualTo(3);
        assertThat(row.number(0)).isEqualTo(0.5);
        assertThat(row.number(4)).isEqualTo(1.5);
        assertThat(row.text(1)).isEqualTo("JFK");
        assertThat(row.text(3)).isEmpty();
        assertThat(decoder.model()).isEqualTo("m");
    }

    private static void writeFloats(BinaryEncoder encoder, int count, float... numbers) throws IOException {
        encoder.writeLong(count);
        if (count < 0) {
            encoder.writeLong(numbers.length * 4L);
        }
        for (float number : numbers) {
            encoder.writeFloat(number);
        }
    }

    /** A million blocks of one number each are a vector like any other. */
    @Test
    void a_vector_has_up_to_2_to_the_20_numbers_in_any_number_of_blocks() throws Exception {
        int longest = Row.LONGEST_VECTOR;
        decoder.decode(vector("pixel", longest, 1), 0, row);
        assertThat(row.vectorLength(0)).isEqualTo(longest);
        assertThat(row.vector(0)[longest - 1]).isEqualTo(longest - 1f);
        decoder.decode(vector("pixel", 7, longest / 7 + 1), 0, row);
        assertThat(row.vectorLength(0)).isEqualTo(7);
        for (String name : List.of("pixel", "unknown")) {
            for (int block : new int[] {1, 1000, longest + 1}) {
                assertThatThrownBy(() -> decoder.decode(vector(name, longest + 1, block), 0, row))
                        .isInstanceOf(MalformedRecordException.class)
                        .hasMessage("vector: 1048577 numbers or more (expected: up to 1048576)");
            }
        }
    }

    /** Returns a sample with one vector, 0, 1, 2 and so on, in blocks. */
    private static byte[] vector(String name, int length, int block) throws IOException {
        ByteArrayOutputStream out = header(SampleDecoder.FINGERPRINT);
        BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
        for (int i = 0; i < 5; i++) {
            encoder.writeLong(0);
        }
        encoder.writeLong(1);
        encoder.writeString(name);
        for (int from = 0; from < length; from += block) {
            int to = Math.min(from + block, length);
            encoder.writeLong(to - from);
            for (int i = from; i < to; i++) {
                encoder.writeFloat(i);
            }
        }
        encoder.writeLong(0);
        encoder.writeLong(0);
        encoder.writeInt(0);
        encoder.flush();
        return out.toByteArray();
    }

    /** Version 1 ended with the texts. */
    @Test
    void reads_a_sample_of_version_1_in_place_without_configuring_its_schema() throws Exception {
        Schema first = WriterSchemas.of("Sample").get(0);
        GenericRecord record = new GenericData.Record(first);
        record.put("id", "trip-7");
        record.put("model", "m");
        record.put("eventTime", 5L);
        record.put("numbers", Map.of("a", 2.0));
        record.put("texts", Map.of("dest", "JFK"));
        byte[] bytes = encode(record, first, 0);
        decoder.decode(vector("pixel", 3, 3), 0, row);
        decoder.decode(bytes, 0, row);
        assertThat(row.bytes()).isSameAs(bytes);
        assertThat(row.id()).isEqualTo("trip-7");
        assertThat(row.number(0)).isEqualTo(2);
        assertThat(row.text(1)).isEqualTo("JFK");
        assertThat(row.hasVector(0)).isFalse();
        assertThat(row.epoch()).isZero();
        byte[] longer = Arrays.copyOf(bytes, bytes.length + 2);
        assertThatThrownBy(() -> decoder.decode(longer, 0, row)).isInstanceOf(MalformedRecordException.class);
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

    @Test
    void an_unknown_schema_is_malformed() {
        byte[] bytes = new SampleWriter().write("", "", 0, Map.of(), Map.of());
        bytes[5]++;
        assertThatThrownBy(() -> decoder.decode(bytes, 0, row))
                .isInstanceOf(MalformedRecordException.class)
                .hasMessageStartingWith("value: C3 01".toLowerCase(java.util.Locale.ROOT))
                .hasMessageContaining("schema");
    }

    @Test
    void bytes_without_a_single_object_header_are_malformed() {
        assertThatThrownBy(() -> decoder.decode(new byte[0], 0, row))
                .hasMessage("value: empty (expected: Avro single-object encoding, C3 01 ...)");
        assertThatThrownBy(() -> decoder.decode("{\"a\": 1, \"b\": 2}".getBytes(StandardCharsets.UTF_8), 0, row))
                .hasMessage(
                        "value: 7b 22 61 22 3a 20 31 2c ... (16 bytes) (expected: Avro single-object encoding, C3 01"
                                + " ...)");
    }

    @Test
    void a_truncated_or_extended_record_is_malformed() throws Exception {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int trial = 0; trial < 50; trial++) {
            byte[] bytes = encode(draw(random), SCHEMA, trial % 2 == 0 ? 0 : 32);
            for (int length = 0; length < bytes.length; length++) {
                byte[] cut = Arrays.copyOf(bytes, length);
                assertThatThrownBy(() -> decoder.decode(cut, 0, row))
                        .as("seed %d, trial %d, length %d of %d", SEED, trial, length, bytes.length)
                        .isInstanceOf(MalformedRecordException.class);
            }
            byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
            assertThatThrownBy(() -> decoder.decode(longer, 0, row)).isInstanceOf(MalformedRecordException.class);
            decoder.decode(bytes, 0, row);
        }
    }

    @Test
    void random_bytes_and_flipped_bits_are_malformed_at_worst() throws Exception {
        SplittableRandom random = new SplittableRandom(SEED);
        SampleDecoder resolving = new SampleDecoder(LAYOUT, List.of(floats()));
        long other = SchemaNormalization.parsingFingerprint64(floats());
        int read = 0;
        for (int trial = 0; trial < 100_000; trial++) {
            byte[] bytes;
            if (trial % 2 == 0) {
                byte[] body = new byte[random.nextInt(60)];
                random.nextBytes(body);
                ByteArrayOutputStream out = header(trial % 4 == 0 ? SampleDecoder.FINGERPRINT : other);
                out.write(body);
                bytes = out.toByteArray();
            } else {
                bytes = encode(draw(random), SCHEMA, 0);
                for (int flips = random.nextInt(1, 4); flips > 0; flips--) {
                    bytes[random.nextInt(10, bytes.length)] ^= (byte) (1 << random.nextInt(8));
                }
            }
            try {
                resolving.decode(bytes, 0, row);
                read++;
                for (int place = 0; place < TEXTS.size(); place++) {
                    if (row.hasText(place)) {
                        row.text(place);
                    }
                }
                row.id();
            } catch (MalformedRecordException expected) {
                assertThat(expected.getMessage())
                        .as("seed %d, trial %d", SEED, trial)
                        .contains("expected");
            } catch (RuntimeException | Error e) {
                throw new AssertionError("seed " + SEED + ", trial " + trial + ": " + Arrays.toString(bytes), e);
            }
        }
        assertThat(read).as("records that were still valid").isGreaterThan(100);
    }

    /** Each record announces far more than follows; both readers must notice. */
    @Test
    void lengths_and_counts_made_to_fill_the_memory_are_malformed() throws Exception {
        long[] lengths = {
            -1, 100, Integer.MAX_VALUE - 8L, Integer.MAX_VALUE, 1L << 31, 1L << 40, Long.MAX_VALUE, Long.MIN_VALUE
        };
        SampleDecoder resolving = new SampleDecoder(LAYOUT, List.of(floats()));
        for (long fingerprint :
                new long[] {SampleDecoder.FINGERPRINT, SchemaNormalization.parsingFingerprint64(floats())}) {
            for (long length : lengths) {
                for (int place = 0; place < 9; place++) {
                    byte[] bytes = hostile(fingerprint, place, length);
                    assertThatThrownBy(() -> resolving.decode(bytes, 0, row))
                            .as("length %d at place %d by %x", length, place, fingerprint)
                            .isInstanceOf(MalformedRecordException.class);
                }
            }
        }
    }

    /** Names of a megabyte, kept for each position, would fill any memory. */
    @Test
    void long_field_names_are_not_kept() {
        byte[] bytes = new byte[1 << 20];
        Arrays.fill(bytes, (byte) 'y');
        FieldNames names = new FieldNames(NUMBERS);
        for (int place = 0; place < 4000; place++) {
            assertThat(names.place(bytes, 0, bytes.length)).isEqualTo(-1);
        }
        byte[] known = NUMBERS.get(3).getBytes(StandardCharsets.UTF_8);
        names.restart();
        assertThat(names.place(known, 0, known.length)).isEqualTo(3);
        names.restart();
        assertThat(names.place(known, 0, known.length)).isEqualTo(3);
    }

    private void assertRowIs(GenericRecord expected, String what) {
        Map<String, Double> numbers = new HashMap<>();
        ((Map<?, ?>) expected.get("numbers")).forEach((name, value) -> numbers.put(name.toString(), (Double) value));
        Map<String, String> texts = new HashMap<>();
        ((Map<?, ?>) expected.get("texts")).forEach((name, value) -> texts.put(name.toString(), value.toString()));
        for (int place = 0; place < NUMBERS.size(); place++) {
            Double number = numbers.get(NUMBERS.get(place));
            assertThat(row.hasNumber(place)).as(what).isEqualTo(number != null);
            if (number != null) {
                assertThat(row.number(place)).as(what).isEqualTo(number);
            }
        }
        for (int place = 0; place < TEXTS.size(); place++) {
            String text = texts.get(TEXTS.get(place));
            assertThat(row.hasText(place)).as(what).isEqualTo(text != null);
            if (text != null) {
                assertThat(row.text(place)).as(what).isEqualTo(text);
            }
        }
        Map<String, List<?>> vectors = new HashMap<>();
        ((Map<?, ?>) expected.get("vectors")).forEach((name, value) -> vectors.put(name.toString(), (List<?>) value));
        for (int place = 0; place < VECTORS.size(); place++) {
            List<?> vector = vectors.get(RowLayout.wireName(VECTORS.get(place)));
            assertThat(row.vectorLength(place)).as(what).isEqualTo(vector == null ? -1 : vector.size());
            for (int i = 0; vector != null && i < vector.size(); i++) {
                assertThat(row.vector(place)[i]).as(what).isEqualTo(vector.get(i));
            }
        }
        assertThat(row.id()).as(what).isEqualTo(expected.get("id").toString());
        assertThat(row.epoch()).as(what).isEqualTo(expected.get("epoch"));
        long eventTime = (Long) expected.get("eventTime");
        assertThat(row.eventTime()).as(what).isEqualTo(eventTime == 0 ? 777 : eventTime);
        assertThat(decoder.model()).as(what).isEqualTo(expected.get("model").toString());
    }

    /** Draws mostly the same fields in the same order, as a producer writes them, and sometimes others. */
    private static GenericRecord draw(SplittableRandom random) {
        GenericRecord record = new GenericData.Record(SCHEMA);
        record.put("id", random.nextBoolean() ? "" : "é".repeat(random.nextInt(200)));
        record.put("model", random.nextInt(3) == 0 ? "model" + random.nextInt(3) : "");
        record.put("eventTime", random.nextInt(3) == 0 ? 0 : random.nextLong() >> random.nextInt(64));
        Map<String, Double> numbers = new LinkedHashMap<>();
        for (String name : names(NUMBERS, random)) {
            numbers.put(name, random.nextInt(10) == 0 ? Double.NaN : random.nextDouble(-1e6, 1e6));
        }
        Map<String, String> texts = new LinkedHashMap<>();
        for (String name : names(TEXTS, random)) {
            texts.put(name, "ü✈x".repeat(random.nextInt(4)));
        }
        record.put("numbers", numbers);
        record.put("texts", texts);
        Map<String, List<Float>> vectors = new LinkedHashMap<>();
        for (String name : names(VECTORS, random)) {
            List<Float> vector = new ArrayList<>();
            for (int length = random.nextInt(random.nextInt(20) == 0 ? 300 : 9); length > 0; length--) {
                vector.add(random.nextInt(10) == 0 ? Float.NaN : (float) random.nextDouble(-1e6, 1e6));
            }
            vectors.put(RowLayout.wireName(name), vector);
        }
        record.put("vectors", vectors);
        record.put("epoch", random.nextInt(3) == 0 ? random.nextInt() : 0);
        return record;
    }

    private static List<String> names(List<String> known, SplittableRandom random) {
        List<String> names = new ArrayList<>(known);
        if (random.nextInt(4) == 0) {
            Collections.shuffle(names, new java.util.Random(random.nextLong()));
        }
        if (random.nextInt(4) == 0) {
            names.remove(random.nextInt(names.size()));
            names.add(random.nextInt(names.size() + 1), "unknown" + random.nextInt(5));
        }
        if (random.nextInt(50) == 0) {
            for (int i = 0; i < 40; i++) {
                names.add("more" + i);
            }
        }
        if (random.nextInt(50) == 0) {
            names.add(0, "");
        }
        return names;
    }

    private static byte[] encode(GenericRecord record, Schema schema, int blockSize) throws IOException {
        ByteArrayOutputStream out = header(SchemaNormalization.parsingFingerprint64(schema));
        EncoderFactory factory = new EncoderFactory();
        BinaryEncoder encoder = blockSize == 0
                ? factory.binaryEncoder(out, null)
                : factory.configureBlockSize(Math.max(64, blockSize)).blockingBinaryEncoder(out, null);
        new GenericDatumWriter<GenericRecord>(schema).write(record, encoder);
        encoder.flush();
        return out.toByteArray();
    }

    private static ByteArrayOutputStream header(long fingerprint) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(0xC3);
        out.write(1);
        for (int i = 0; i < 8; i++) {
            out.write((int) (fingerprint >>> (8 * i)));
        }
        return out;
    }

    /** Places: id, model, number count, number name, text count, text, vector count, vector name, vector. */
    private static byte[] hostile(long fingerprint, int place, long length) throws IOException {
        ByteArrayOutputStream out = header(fingerprint);
        BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(out, null);
        long[] good = {1, 1, 1, 1, 1, 1, 1, 1, 1};
        good[place] = length;
        encoder.writeLong(good[0]);
        encoder.writeFixed(new byte[] {'i'});
        encoder.writeLong(good[1]);
        encoder.writeFixed(new byte[] {'m'});
        encoder.writeLong(1);
        encoder.writeLong(good[2]);
        encoder.writeLong(good[3]);
        encoder.writeFixed(new byte[] {'a'});
        if (fingerprint == SampleDecoder.FINGERPRINT) {
            encoder.writeDouble(1);
        } else {
            encoder.writeFloat(1);
        }
        encoder.writeLong(0);
        encoder.writeLong(good[4]);
        encoder.writeLong(1);
        encoder.writeFixed(new byte[] {'a'});
        encoder.writeLong(good[5]);
        encoder.writeFixed(new byte[] {'t'});
        encoder.writeLong(0);
        encoder.writeLong(good[6]);
        encoder.writeLong(good[7]);
        encoder.writeFixed(new byte[] {'a'});
        encoder.writeLong(good[8]);
        encoder.writeFloat(1);
        encoder.writeLong(0);
        encoder.writeLong(0);
        encoder.writeInt(0);
        return out.toByteArray();
    }

    private static Schema floats() {
        return parse("""
            {"name": "id", "type": "string"},
            {"name": "model", "type": "string"},
            {"name": "eventTime", "type": "long"},
            {"name": "numbers", "type": {"type": "map", "values": "float"}},
            {"name": "texts", "type": {"type": "map", "values": "string"}},
            {"name": "vectors", "type": {"type": "map", "values": {"type": "array", "items": "float"}}},
            {"name": "epoch", "type": "int"}
            """);
    }

    private static Schema parse(String fields) {
        return new Schema.Parser().parse("""
            {"type": "record", "name": "Sample", "namespace": "io.freshet.wire", "fields": [%s]}
            """.formatted(fields));
    }
}
