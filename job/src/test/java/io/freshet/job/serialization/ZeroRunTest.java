package io.freshet.job.serialization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Would catch a byte lost at the end of a piece, run, or value, and a reader that reads into the next value. */
class ZeroRunTest {
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

    /** A piece has 4,096 bytes, so each kind of number crosses the end of one after some other count of bytes. */
    @Test
    void numbers_and_texts_read_back_across_the_end_of_a_piece() throws IOException {
        for (int before = 4080; before <= 4100; before++) {
            int skipped = before;
            ByteArrayOutputStream compressed = new ByteArrayOutputStream();
            new ZeroRunOutput().write(new DataOutputStream(compressed), out -> {
                out.write(new byte[skipped]);
                out.writeLong(0x8182838485868788L);
                out.writeInt(0x91929394);
                out.writeShort(0xa1a2);
                out.writeChar('\ub1b2');
                out.writeBoolean(true);
                out.writeDouble(-1.5e-300);
                out.writeFloat(-2.5e30f);
                out.writeUTF("\u00fcber");
                out.writeLong(-1);
            });
            new ZeroRunInput().read(in(compressed.toByteArray()), in -> {
                in.readFully(new byte[skipped]);
                assertThat(in.readLong()).as("after %d bytes", skipped).isEqualTo(0x8182838485868788L);
                assertThat(in.readInt()).as("after %d bytes", skipped).isEqualTo(0x91929394);
                assertThat(in.readUnsignedShort()).as("after %d bytes", skipped).isEqualTo(0xa1a2);
                assertThat(in.readChar()).as("after %d bytes", skipped).isEqualTo('\ub1b2');
                assertThat(in.readBoolean()).isTrue();
                assertThat(in.readDouble()).as("after %d bytes", skipped).isEqualTo(-1.5e-300);
                assertThat(in.readFloat()).as("after %d bytes", skipped).isEqualTo(-2.5e30f);
                assertThat(in.readUTF()).as("after %d bytes", skipped).isEqualTo("\u00fcber");
                return in.readLong();
            });
        }
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
        assertThatThrownBy(() -> new ZeroRunInput().read(in(compressed(new byte[] {1, 2, 3})), DataInput::readByte))
                .isInstanceOf(IOException.class)
                .hasMessage("zero runs: 2 bytes left (expected: 0)");
        assertThatThrownBy(() -> new ZeroRunInput().read(in(compressed(new byte[] {1, 2, 3})), DataInput::readInt))
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
        new ZeroRunOutput().write(new DataOutputStream(compressed), out -> {
            int half = bytes.length / 2;
            out.write(bytes, 0, half);
            for (int i = half; i < bytes.length; i++) {
                out.writeByte(bytes[i]);
            }
        });
        return compressed.toByteArray();
    }

    private static byte[] read(DataInput in, int length, SplittableRandom random) throws IOException {
        int inOne = random.nextInt(length + 1);
        return new ZeroRunInput().read(in, value -> {
            byte[] bytes = new byte[length];
            value.readFully(bytes, 0, inOne);
            for (int i = inOne; i < length; i++) {
                bytes[i] = value.readByte();
            }
            return bytes;
        });
    }

    private static DataInput in(byte[]... parts) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.write(part);
        }
        return new DataInputStream(new ByteArrayInputStream(all.toByteArray()));
    }
}
