package io.freshet.job.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Would catch a byte lost at the end of a piece, run, or value, and a reader that reads into the next value. */
class ZeroRunsTest {
    private static final long SEED = 5;

    @Test
    void values_read_back_one_after_the_other() throws IOException {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int trial = 0; trial < 500; trial++) {
            byte[] first = bytes(random);
            byte[] second = bytes(random);
            DataInput in = in(compressed(first), compressed(second), new byte[] {99});
            assertThat(read(in, first.length, random))
                    .as("seed %d, trial %d", SEED, trial)
                    .isEqualTo(first);
            assertThat(read(in, second.length, random))
                    .as("seed %d, trial %d", SEED, trial)
                    .isEqualTo(second);
            assertThat(in.readByte()).isEqualTo((byte) 99);
        }
    }

    @Test
    void a_value_ends_with_a_piece_that_is_not_full() throws IOException {
        for (int length : new int[] {0, 1, 4095, 4096, 4097, 8192, 3 << 20}) {
            byte[] bytes = new byte[length];
            Arrays.fill(bytes, length / 2, length, (byte) 7);
            DataInput in = in(compressed(bytes), new byte[] {99});
            assertThat(read(in, length, new SplittableRandom(SEED))).isEqualTo(bytes);
            assertThat(in.readByte()).as("after %d bytes", length).isEqualTo((byte) 99);
        }
    }

    @Test
    void a_piece_that_is_too_long_is_an_error() {
        assertThatThrownBy(() -> new ZeroRuns().read(DataInput::readByte, in(new byte[] {-1, -1})))
                .isInstanceOf(IOException.class)
                .hasMessage("zero runs: a piece of 65535 bytes (expected: 0 to 4100)");
    }

    @Test
    void zeros_take_almost_no_space_and_other_bytes_little_more_than_before() throws IOException {
        assertThat(compressed(new byte[10_000])).hasSize(3 * (2 + 3));
        byte[] dense = new byte[10_240];
        for (int i = 0; i < dense.length; i++) {
            dense[i] = (byte) (1 + i % 3);
        }
        assertThat(compressed(dense)).hasSize(10_240 + 3 * (2 + 3));
    }

    @Test
    void unread_and_missing_bytes_are_errors() throws IOException {
        assertThatThrownBy(() -> new ZeroRuns().read(DataInput::readByte, in(compressed(new byte[] {1, 2, 3}))))
                .isInstanceOf(IOException.class)
                .hasMessage("zero runs: 2 bytes left (expected: 0)");
        assertThatThrownBy(() ->
                        new ZeroRuns().read(DataInput::readInt, in(compressed(new byte[] {1, 2, 3}), new byte[4])))
                .isInstanceOf(EOFException.class);
    }

    /** Returns short and long runs of zeros and of other bytes. */
    private static byte[] bytes(SplittableRandom random) {
        byte[] bytes = new byte[random.nextInt(4000)];
        int at = 0;
        while (at < bytes.length) {
            at += random.nextInt(random.nextBoolean() ? 5 : 1500);
            for (int others = random.nextInt(random.nextBoolean() ? 5 : 1500);
                    others > 0 && at < bytes.length;
                    others--) {
                bytes[at++] = (byte) random.nextInt(256);
            }
        }
        return bytes;
    }

    private static byte[] compressed(byte[] bytes) throws IOException {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        DataOutputStream to = new DataOutputStream(compressed);
        new ZeroRuns().write(bytes, ZeroRunsTest::writeHalves, to);
        return compressed.toByteArray();
    }

    private static void writeHalves(byte[] bytes, DataOutput out) throws IOException {
        int half = bytes.length / 2;
        out.write(bytes, 0, half);
        for (int i = half; i < bytes.length; i++) {
            out.writeByte(bytes[i]);
        }
    }

    private static byte[] read(DataInput in, int length, SplittableRandom random) throws IOException {
        int inOne = random.nextInt(length + 1);
        return new ZeroRuns()
                .read(
                        value -> {
                            byte[] bytes = new byte[length];
                            value.readFully(bytes, 0, inOne);
                            for (int i = inOne; i < length; i++) {
                                bytes[i] = value.readByte();
                            }
                            return bytes;
                        },
                        in);
    }

    private static DataInput in(byte[]... parts) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.write(part);
        }
        return new DataInputStream(new ByteArrayInputStream(all.toByteArray()));
    }
}
