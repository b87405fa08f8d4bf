package io.freshet.schemas.sample;

import static io.freshet.schemas.sample.AvroSamples.LAYOUT;
import static io.freshet.schemas.sample.AvroSamples.NUMBERS;
import static io.freshet.schemas.sample.AvroSamples.SCHEMA;
import static io.freshet.schemas.sample.AvroSamples.TEXTS;
import static io.freshet.schemas.sample.AvroSamples.draw;
import static io.freshet.schemas.sample.AvroSamples.encode;
import static io.freshet.schemas.sample.AvroSamples.floats;
import static io.freshet.schemas.sample.AvroSamples.header;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.learning.features.Row;
import io.freshet.schemas.avro.MalformedRecordException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.junit.jupiter.api.Test;

/** Would catch records that fail the job or fill its memory instead of being rejected. */
class HostileSampleTest {
    private static final long SEED = 20260113;

    private final SampleDecoder decoder = new SampleDecoder(LAYOUT);
    private final Row row = new Row(LAYOUT);

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
                                + " ...; this looks like JSON: start the job with --format json)");
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
    void random_bytes_and_flipped_bits_are_read_or_malformed() throws Exception {
        SplittableRandom random = new SplittableRandom(SEED);
        SampleDecoder resolving = new SampleDecoder(LAYOUT, List.of(floats()));
        long other = SchemaNormalization.parsingFingerprint64(floats());
        int read = 0;
        for (int trial = 0; trial < 30_000; trial++) {
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
                for (int index = 0; index < TEXTS.size(); index++) {
                    if (row.hasText(index)) {
                        row.text(index);
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

    /** Each record declares far more than it contains. Both readers must reject it. */
    @Test
    void huge_lengths_and_counts_are_malformed() throws Exception {
        long[] lengths = {
            -1, 100, Integer.MAX_VALUE - 8L, Integer.MAX_VALUE, 1L << 31, 1L << 40, Long.MAX_VALUE, Long.MIN_VALUE
        };
        SampleDecoder resolving = new SampleDecoder(LAYOUT, List.of(floats()));
        for (long fingerprint :
                new long[] {SampleDecoder.FINGERPRINT, SchemaNormalization.parsingFingerprint64(floats())}) {
            for (long length : lengths) {
                for (int position = 0; position < 9; position++) {
                    byte[] bytes = hostile(fingerprint, position, length);
                    assertThatThrownBy(() -> resolving.decode(bytes, 0, row))
                            .as("length %d at position %d by %x", length, position, fingerprint)
                            .isInstanceOf(MalformedRecordException.class);
                }
            }
        }
    }

    /** Names of a megabyte, remembered for each position, would fill the memory. */
    @Test
    void long_field_names_are_not_kept() {
        byte[] bytes = new byte[1 << 20];
        Arrays.fill(bytes, (byte) 'y');
        FieldNames names = new FieldNames(NUMBERS);
        long before = heapUsed();
        for (int index = 0; index < 200; index++) {
            assertThat(names.indexOf(bytes, 0, bytes.length)).isEqualTo(-1);
        }
        assertThat(heapUsed() - before).as("bytes kept of 200 MiB").isLessThan(50L << 20);
        byte[] known = NUMBERS.get(3).getBytes(StandardCharsets.UTF_8);
        names.restart();
        assertThat(names.indexOf(known, 0, known.length)).isEqualTo(3);
        names.restart();
        assertThat(names.indexOf(known, 0, known.length)).isEqualTo(3);
    }

    private static long heapUsed() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    /** Positions: id, model, number count, number name, text count, text, vector count, vector name, vector. */
    private static byte[] hostile(long fingerprint, int position, long length) throws IOException {
        ByteArrayOutputStream out = header(fingerprint);
        BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(out, null);
        long[] lengths = {1, 1, 1, 1, 1, 1, 1, 1, 1};
        lengths[position] = length;
        encoder.writeLong(lengths[0]);
        encoder.writeFixed(new byte[] {'i'});
        encoder.writeLong(lengths[1]);
        encoder.writeFixed(new byte[] {'m'});
        encoder.writeLong(1);
        encoder.writeLong(lengths[2]);
        encoder.writeLong(lengths[3]);
        encoder.writeFixed(new byte[] {'a'});
        if (fingerprint == SampleDecoder.FINGERPRINT) {
            encoder.writeDouble(1);
        } else {
            encoder.writeFloat(1);
        }
        encoder.writeLong(0);
        encoder.writeLong(lengths[4]);
        encoder.writeLong(1);
        encoder.writeFixed(new byte[] {'a'});
        encoder.writeLong(lengths[5]);
        encoder.writeFixed(new byte[] {'t'});
        encoder.writeLong(0);
        encoder.writeLong(lengths[6]);
        encoder.writeLong(lengths[7]);
        encoder.writeFixed(new byte[] {'a'});
        encoder.writeLong(lengths[8]);
        encoder.writeFloat(1);
        encoder.writeLong(0);
        encoder.writeLong(0);
        encoder.writeInt(0);
        return out.toByteArray();
    }
}
