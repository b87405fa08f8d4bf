package io.freshet.schemas.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.learning.features.Row;
import java.io.ByteArrayOutputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.junit.jupiter.api.Test;

/** Would catch a decoder that trusts the bytes of a record. */
class ConfluentDecoderAttackTest extends ConfluentRecords {
    @Test
    void records_without_the_header_or_a_schema_are_malformed() throws Exception {
        assertThat(DecodedRow.of(decoder, LAYOUT, new byte[0]))
                .startsWith("malformed value: empty (expected: Avro in the Confluent");
        assertThat(DecodedRow.of(decoder, LAYOUT, new byte[] {1, 0, 0, 0, 7, 0}))
                .startsWith("malformed value: 01 00 00 00 07 00 (exp");
        assertThat(DecodedRow.of(decoder, LAYOUT, frame(5, new byte[2]))).isEqualTo("malformed schema 5: not found");
        registered.put(6, List.of("\"string\""));
        assertThat(DecodedRow.of(decoder, LAYOUT, frame(6, new byte[2])))
                .isEqualTo("malformed schema 6: string (expected: a record)");
        registered.put(7, List.of("{\"type\": \"recor\"}"));
        assertThat(DecodedRow.of(decoder, LAYOUT, frame(7, new byte[2])))
                .startsWith("malformed schema 7: ")
                .endsWith("(expected: an Avro schema)");
        assertThatThrownBy(() -> decoder.decode(frame(-1, new byte[2]), 0, new Row(LAYOUT)))
                .isInstanceOf(UncheckedIOException.class);
    }

    /** Ten bytes must not allocate two gigabytes, a few must not loop 2^60 times, and nesting must not overflow the stack. */
    @Test
    void no_length_is_trusted_before_the_bytes_exist() throws Exception {
        String schema = json("{'type':'record','name':'E','fields':["
                + "{'name':'nothing','type':{'type':'array','items':'null'}},"
                + "{'name':'empty','type':{'type':'array','items':{'type':'record','name':'Empty','fields':[]}}},"
                + "{'name':'next','type':['null','E']},"
                + "{'name':'pixel','type':{'type':'array','items':'null'}},"
                + "{'name':'words','type':{'type':'array','items':'string'}}]}");
        registered.put(1, List.of(schema));
        long[] absurd = {1L << 60, Long.MAX_VALUE, Long.MIN_VALUE, -(1L << 60), Integer.MAX_VALUE};
        byte[] tail = {0, 0, 0, 0, 0};
        for (long count : absurd) {
            for (int zeros = 0; zeros < 5; zeros++) {
                ByteArrayOutputStream out = new ByteArrayOutputStream();
                out.write(new byte[zeros]);
                BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(out, null);
                encoder.writeLong(count);
                encoder.flush();
                out.write(tail);
                assertThat(DecodedRow.of(decoder, LAYOUT, frame(1, out.toByteArray())))
                        .startsWith("malformed ");
            }
        }
        byte[] deep = new byte[3_000_000];
        for (int i = 2; i < deep.length; i += 3) {
            deep[i] = 2;
        }
        assertThat(DecodedRow.of(decoder, LAYOUT, frame(1, deep)))
                .isEqualTo("malformed value: nested deeper (expected: up to 128 levels)");
        byte[] blocks = new byte[1_000_000];
        for (int i = 0; i + 3 < blocks.length; i += 3) {
            blocks[i] = (byte) 0x80;
            blocks[i + 1] = (byte) 0x84;
            blocks[i + 2] = 0x0c;
        }
        assertThat(DecodedRow.of(decoder, LAYOUT, frame(1, blocks))).startsWith("malformed ");
    }

    @Test
    void random_bytes_are_read_or_malformed_and_do_not_affect_the_next_record() throws Exception {
        long seed = 20260302;
        SplittableRandom random = new SplittableRandom(seed);
        String expected = decode(7, EVENT, event());
        byte[] valid = frame(7, body(EVENT, event()));
        for (int length = 0; length < valid.length; length++) {
            assertThat(DecodedRow.of(decoder, LAYOUT, Arrays.copyOf(valid, length)))
                    .startsWith("malformed ");
        }
        assertThat(DecodedRow.of(decoder, LAYOUT, Arrays.copyOf(valid, valid.length + 1)))
                .isEqualTo("malformed value: 1 bytes left over (expected: the end)");
        for (int trial = 0; trial < 20_000; trial++) {
            byte[] bytes = valid.clone();
            for (int i = random.nextInt(1, 4); i > 0; i--) {
                bytes[random.nextInt(5, bytes.length)] = (byte) random.nextInt();
            }
            assertThat(DecodedRow.of(decoder, LAYOUT, bytes))
                    .as("seed %d, trial %d", seed, trial)
                    .isNotNull();
        }
        assertThat(DecodedRow.of(decoder, LAYOUT, valid)).isEqualTo(expected);
    }
}
