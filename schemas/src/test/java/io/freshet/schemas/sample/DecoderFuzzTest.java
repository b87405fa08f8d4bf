package io.freshet.schemas.sample;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.wire.Sample;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Would catch bytes on which a decoder throws anything but its own exception, or allocates more than a multiple of what it was
 * given. {@code -Dfreshet.abuse.rounds=100 -Dfreshet.abuse.seed=7} fuzzes for longer.
 */
class DecoderFuzzTest {
    private static final int RECORDS = 1_000 * Integer.getInteger("freshet.abuse.rounds", 4);
    private static final long SEED = Long.getLong("freshet.abuse.seed", 20261129);
    private static final int WARM_UP = 2_000;
    /** Buffers that grow once, an exception, and the JSON parser's table of up to 6,000 names, copied with each new name. */
    private static final long ALLOCATED = 1 << 20;

    private static final long ALLOCATED_PER_BYTE = 64;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final RowLayout LAYOUT = new RowLayout(
            List.of("n", "user.age", "price"), List.of("t", "words", "sparse", "kind"), List.of("v", "pixel*"));
    private static final String LATER = Sample.getClassSchema()
            .toString()
            .replace(
                    "{\"name\":\"epoch\"",
                    "{\"name\":\"x\",\"type\":{\"type\":\"array\",\"items\":\"null\"}},{\"name\":\"epoch\"");
    private static final long LATER_FINGERPRINT =
            SchemaNormalization.parsingFingerprint64(new Schema.Parser().parse(LATER));
    private static final String EVENT = """
            {"type": "record", "name": "Event", "fields": [
              {"name": "n", "type": ["null", "double", "int"]},
              {"name": "price", "type": {"type": "bytes", "logicalType": "decimal", "precision": 2000, "scale": 900}},
              {"name": "next", "type": ["null", "Event"]},
              {"name": "user", "type": {"type": "map", "values": ["null", "long", "string"]}},
              {"name": "gone", "type": {"type": "array", "items": {"type": "array", "items": "null"}}},
              {"name": "t", "type": "string"},
              {"name": "kind", "type": {"type": "enum", "name": "Kind", "symbols": ["A", "B"]}},
              {"name": "words", "type": {"type": "array", "items": "string"}},
              {"name": "sparse", "type": {"type": "record", "name": "Sparse", "fields": [
                {"name": "indices", "type": {"type": "array", "items": "int"}},
                {"name": "values", "type": {"type": "array", "items": "float"}}]}},
              {"name": "v", "type": {"type": "array", "items": ["null", "float"]}},
              {"name": "pixel1048575", "type": ["null", "float"]},
              {"name": "id", "type": "long"}]}
            """;
    private static final String JSON = """
            {"n": 1.5, "user": {"age": 41, "x": [1, {"y": null}]}, "price": -1e3, "t": "h\\u00e9llo", "kind": true,
             "words": ["a", "b"], "sparse": {"indices": [1, 7, 1], "values": [0.5, 1, 2]}, "v": [1, null, 2.5],
             "pixel0": 1, "pixel1": 2, "id": "i", "skipped": [[[]]]}
            """;
    private static final byte[] EVENT_BYTES = event();
    private static final byte[] JSON_BYTES = JSON.getBytes(UTF_8);
    private static final SampleWriter WRITER = new SampleWriter();
    private static final List<String> PIECES = List.of(
            "1e2147483647",
            "9".repeat(300),
            "-0.0",
            "[[[[[[",
            "{\"a\":{\"a\":{\"a\":",
            "\"pixel1048575\":1,",
            "\"indices\":[2147483648],",
            "\\ud800",
            "null",
            "true",
            "\"\"",
            "NaN",
            "]}",
            "\"n\":");

    /** A decoder, and valid records of its format. */
    enum Format {
        IN_PLACE {
            @Override
            RecordDecoder decoder() {
                return RecordFormat.avro().decoder(LAYOUT);
            }

            @Override
            byte[] valid(SplittableRandom random) {
                return sample(random);
            }
        },
        RESOLVED {
            @Override
            RecordDecoder decoder() {
                return RecordFormat.avro().withWriterSchema(LATER).decoder(LAYOUT);
            }

            @Override
            byte[] valid(SplittableRandom random) {
                byte[] later = later(sample(random), 10);
                ByteBuffer.wrap(later).order(ByteOrder.LITTLE_ENDIAN).putLong(2, LATER_FINGERPRINT);
                return later;
            }
        },
        CONFLUENT {
            @Override
            RecordDecoder decoder() {
                return confluent();
            }

            @Override
            byte[] valid(SplittableRandom random) {
                return framed(1, EVENT_BYTES, 0);
            }
        },
        CONFLUENT_SAMPLE {
            @Override
            RecordDecoder decoder() {
                return confluent();
            }

            @Override
            byte[] valid(SplittableRandom random) {
                byte[] sample = sample(random);
                return framed(2, later(sample, 10), 10);
            }
        },
        JSON_OBJECT {
            @Override
            RecordDecoder decoder() {
                return new RecordFormat.Json(RecordFields.of("id", null, null)).decoder(LAYOUT);
            }

            @Override
            byte[] valid(SplittableRandom random) {
                return JSON_BYTES;
            }
        };

        abstract RecordDecoder decoder();

        abstract byte[] valid(SplittableRandom random);

        private static RecordDecoder confluent() {
            return new RecordFormat.Confluent(RecordFields.of("id", null, null), id -> {
                        if (id != 1 && id != 2) {
                            throw new MalformedRecordException("schema " + id + ": unknown (expected: 1 or 2)");
                        }
                        return List.of(id == 1 ? EVENT : LATER);
                    })
                    .decoder(LAYOUT);
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatever_the_bytes_a_decoder_reads_or_rejects_them_and_allocates_no_more_than_they_are_worth(Format format)
            throws Exception {
        SplittableRandom random = new SplittableRandom(SEED);
        RecordDecoder decoder = format.decoder();
        Row row = new Row(LAYOUT);
        decoder.decode(format.valid(random), 1, row);
        int rejected = 0;
        for (int trial = 0; trial < WARM_UP + RECORDS; trial++) {
            byte[] bytes = mutated(format, random);
            long before = THREADS.getCurrentThreadAllocatedBytes();
            try {
                decoder.decode(bytes, 1, row);
            } catch (MalformedRecordException e) {
                rejected++;
                assertThat(e.getMessage()).contains("(expected: ");
            } catch (RuntimeException | Error e) {
                throw new AssertionError(describe(trial, bytes), e);
            }
            long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
            // At first, the interpreter allocates what the compiled code does not.
            if (trial >= WARM_UP) {
                assertThat(allocated)
                        .as(describe(trial, bytes))
                        .isLessThanOrEqualTo(ALLOCATED + ALLOCATED_PER_BYTE * bytes.length);
            }
        }
        assertThat(rejected).as("rejected of %d", RECORDS).isBetween(RECORDS / 10, WARM_UP + RECORDS - 1);
        decoder.decode(format.valid(random), 1, row);
    }

    private static String describe(int trial, byte[] bytes) {
        return "seed " + SEED + ", trial " + trial + ": "
                + HexFormat.of().formatHex(Arrays.copyOf(bytes, Math.min(bytes.length, 2_000)));
    }

    private static byte[] mutated(Format format, SplittableRandom random) {
        byte[] bytes = format.valid(random).clone();
        for (int i = random.nextInt(1, 4); i > 0 && bytes.length > 0; i--) {
            int at = random.nextInt(bytes.length);
            bytes = switch (random.nextInt(8)) {
                case 0 -> flipped(bytes, at, random);
                case 1 -> replaced(bytes, at, 1, new byte[] {(byte) random.nextInt()});
                case 2 -> Arrays.copyOf(bytes, at);
                case 3 -> replaced(bytes, at, random.nextInt(bytes.length - at), new byte[0]);
                case 4 -> replaced(bytes, at, 0, Arrays.copyOfRange(bytes, at, random.nextInt(at, bytes.length)));
                case 5 -> replaced(bytes, at, random.nextInt(2), number(random));
                case 6 ->
                    replaced(
                            bytes,
                            at,
                            0,
                            PIECES.get(random.nextInt(PIECES.size())).getBytes(UTF_8));
                default -> replaced(bytes, at, 0, repeated(number(random), random.nextInt(1, 2_000)));
            };
        }
        return bytes;
    }

    private static byte[] flipped(byte[] bytes, int at, SplittableRandom random) {
        bytes[at] ^= (byte) (1 << random.nextInt(8));
        return bytes;
    }

    private static byte[] replaced(byte[] bytes, int at, int length, byte[] by) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(bytes, 0, at);
        out.writeBytes(by);
        int rest = Math.min(at + length, bytes.length);
        out.write(bytes, rest, bytes.length - rest);
        return out.toByteArray();
    }

    private static byte[] repeated(byte[] bytes, int times) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < times; i++) {
            out.writeBytes(bytes);
        }
        return out.toByteArray();
    }

    /** Returns a number of any size in Avro's encoding. */
    private static byte[] number(SplittableRandom random) {
        long number = random.nextLong() >> random.nextInt(64);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (long rest = number << 1 ^ number >> 63; ; rest >>>= 7) {
            if ((rest & ~0x7fL) == 0) {
                out.write((int) rest);
                return out.toByteArray();
            }
            out.write((int) (rest & 0x7f | 0x80));
        }
    }

    private static byte[] sample(SplittableRandom random) {
        return WRITER.write(
                new SampleHeader("id" + random.nextInt(100), "", 5, random.nextInt(3)),
                Map.of("n", random.nextDouble(), "price", 1.0),
                Map.of("t", "hello world", "kind", "A"),
                Map.of("v", new float[] {1, 2}, "pixel", new float[random.nextInt(20)]),
                Map.of("sparse", new SparseVector(new int[] {1, 70_000, 1}, new float[] {1, 0.5f, 2})));
    }

    private static byte[] event() {
        Schema schema = new Schema.Parser().parse(EVENT);
        GenericData.Record sparse =
                new GenericData.Record(schema.getField("sparse").schema());
        sparse.put("indices", List.of(1, 7));
        sparse.put("values", List.of(1f, 2f));
        GenericData.Record event = new GenericData.Record(schema);
        event.put("n", 1.0);
        event.put("price", ByteBuffer.wrap(new byte[] {4, -46}));
        event.put("user", Map.of("age", 41L));
        event.put("gone", List.of(Arrays.asList(null, null)));
        event.put("t", "hello");
        event.put("kind", new GenericData.EnumSymbol(schema.getField("kind").schema(), "B"));
        event.put("words", List.of("a", "b"));
        event.put("sparse", sparse);
        event.put("v", List.of(1f, 2f));
        event.put("id", 3L);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(out, null);
        try {
            new GenericDatumWriter<GenericData.Record>(schema).write(event, encoder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    /** Inserts an empty array before the epoch. */
    private static byte[] later(byte[] sample, int from) {
        try {
            BinaryDecoder in = DecoderFactory.get().binaryDecoder(sample, from, sample.length - from, null);
            for (Schema.Field field : Sample.getClassSchema().getFields()) {
                if (field.name().equals("epoch")) {
                    break;
                }
                GenericDatumReader.skip(field.schema(), in);
            }
            return replaced(sample, sample.length - in.inputStream().available(), 0, new byte[] {0});
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] framed(int id, byte[] body, int from) {
        return ByteBuffer.allocate(5 + body.length - from)
                .put((byte) 0)
                .putInt(id)
                .put(body, from, body.length - from)
                .array();
    }
}
