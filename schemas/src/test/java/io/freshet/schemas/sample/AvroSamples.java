package io.freshet.schemas.sample;

import io.freshet.learning.features.RowLayout;
import io.freshet.wire.Sample;
import io.freshet.wire.SparseVector;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;

/** Samples written by Avro's own encoder, for tests. */
final class AvroSamples {
    static final List<String> NUMBERS = List.of("a", "hour", "Größe", "x".repeat(300), "w");
    static final List<String> TEXTS = List.of("origin", "dest", "日本", "both", "a");
    static final List<String> VECTORS = List.of("pixel*", "Maß", "a");
    static final RowLayout LAYOUT = new RowLayout(NUMBERS, TEXTS, VECTORS);
    static final Schema SCHEMA = Sample.getClassSchema();

    private AvroSamples() {}

    /** Draws a sample, usually with the same fields in the same order, as from one producer, and sometimes with others. */
    static GenericRecord draw(SplittableRandom random) {
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
        record.put("sparse", sparse(random));
        record.put("stage", random.nextInt(4));
        record.put("previous", random.nextBoolean() ? null : random.nextBoolean() ? random.nextDouble() : "größer");
        return record;
    }

    private static Map<String, GenericRecord> sparse(SplittableRandom random) {
        Map<String, GenericRecord> vectors = new LinkedHashMap<>();
        for (String name : random.nextBoolean() ? List.<String>of() : names(TEXTS, random)) {
            GenericRecord vector = new GenericData.Record(SparseVector.getClassSchema());
            List<Integer> indices = new ArrayList<>();
            List<Float> values = new ArrayList<>();
            boolean ones = random.nextBoolean();
            for (int length = random.nextInt(random.nextInt(20) == 0 ? 300 : 9); length > 0; length--) {
                indices.add(random.nextInt() >> random.nextInt(32));
                if (!ones) {
                    values.add((float) random.nextDouble(-1e6, 1e6));
                }
            }
            vector.put("indices", indices);
            vector.put("values", values);
            vectors.put(name, vector);
        }
        return vectors;
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

    static byte[] encode(GenericRecord record, Schema schema, int blockSize) throws IOException {
        ByteArrayOutputStream out = header(SchemaNormalization.parsingFingerprint64(schema));
        EncoderFactory factory = new EncoderFactory();
        BinaryEncoder encoder = blockSize == 0
                ? factory.binaryEncoder(out, null)
                : factory.configureBlockSize(Math.max(64, blockSize)).blockingBinaryEncoder(out, null);
        new GenericDatumWriter<GenericRecord>(schema).write(record, encoder);
        encoder.flush();
        return out.toByteArray();
    }

    static ByteArrayOutputStream header(long fingerprint) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(0xC3);
        out.write(1);
        for (int i = 0; i < 8; i++) {
            out.write((int) (fingerprint >>> (8 * i)));
        }
        return out;
    }

    static Schema floats() {
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

    static Schema parse(String fields) {
        return new Schema.Parser().parse("""
            {"type": "record", "name": "Sample", "namespace": "io.freshet.wire", "fields": [%s]}
            """.formatted(fields));
    }

    static void writeFloats(BinaryEncoder encoder, int count, float... numbers) throws IOException {
        encoder.writeLong(count);
        if (count < 0) {
            encoder.writeLong(numbers.length * 4L);
        }
        for (float number : numbers) {
            encoder.writeFloat(number);
        }
    }

    /** Returns a sample with one vector, 0, 1, 2 and so on, in blocks. */
    static byte[] vector(String name, int length, int block) throws IOException {
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
        encoder.writeLong(0);
        encoder.writeInt(0);
        encoder.writeInt(0);
        encoder.flush();
        return out.toByteArray();
    }

    /** Returns a sample with one sparse vector of indices 0, 1, 2 and so on, and values 0. */
    static byte[] sparse(String name, int indices, int values) throws IOException {
        ByteArrayOutputStream out = header(SampleDecoder.FINGERPRINT);
        BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
        for (int i = 0; i < 7; i++) {
            encoder.writeLong(0);
        }
        encoder.writeLong(1);
        encoder.writeString(name);
        writeInts(encoder, indices);
        if (values > 0) {
            writeFloats(encoder, values, new float[values]);
        }
        encoder.writeLong(0);
        encoder.writeLong(0);
        encoder.writeInt(0);
        encoder.writeInt(0);
        encoder.flush();
        return out.toByteArray();
    }

    private static void writeInts(BinaryEncoder encoder, int count) throws IOException {
        if (count > 0) {
            encoder.writeLong(count);
        }
        for (int i = 0; i < count; i++) {
            encoder.writeInt(i);
        }
        encoder.writeLong(0);
    }
}
