package io.freshet.job.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.xerial.snappy.SnappyFramedOutputStream;

/** Would catch a flipped bit in a model that is restored silently. */
class CompressedStateTest {
    /** Bytes of the group number, which the restore verifies, and of the chunk that marks compressed state. */
    private static final int START = 14;

    @Test
    void intact_state_passes() {
        assertThatCode(() -> check(written())).doesNotThrowAnyException();
    }

    @Test
    void uncompressed_state_has_no_checksums_and_passes() {
        assertThatCode(() -> check(new byte[] {1, 2, 3})).doesNotThrowAnyException();
        assertThatCode(() -> check(new byte[100])).doesNotThrowAnyException();
    }

    @Test
    void every_changed_bit_is_detected() throws IOException {
        byte[] bytes = written();
        for (int bit = 8 * START; bit < 8 * bytes.length; bit++) {
            byte[] changed = bytes.clone();
            changed[bit / 8] ^= (byte) (1 << bit % 8);
            assertThatThrownBy(() -> check(changed)).as("bit " + bit).isInstanceOf(IOException.class);
        }
    }

    /** Allocating the length that the frame states would end with an OutOfMemoryError. */
    @Test
    void a_frame_of_gigabytes_is_detected_before_memory_is_allocated() throws IOException {
        byte[] bytes = written();
        int block = START + 4 + 4;
        assertThat(bytes[START]).as("a compressed frame").isZero();
        for (byte[] length : new byte[][] {{-1, -1, -1, -1, 7}, {-1, -1, -1, -1, 15}, {-127, -128, 4}}) {
            byte[] changed = bytes.clone();
            System.arraycopy(length, 0, changed, block, length.length);
            assertThatThrownBy(() -> check(changed))
                    .isInstanceOf(IOException.class)
                    .hasMessageMatching("a frame of -?\\d+ bytes \\(expected: up to 65536\\)");
        }
    }

    @Test
    void truncation_within_a_frame_is_detected() throws IOException {
        byte[] bytes = written();
        assertThatThrownBy(() -> check(Arrays.copyOf(bytes, bytes.length - 1)))
                .hasMessageStartingWith("ends within a frame of ");
    }

    private static void check(byte[] bytes) throws IOException {
        CompressedState.check(new ByteArrayInputStream(bytes), bytes.length);
    }

    /** Returns a key group with two states as Flink writes it: bytes that compress, and bytes that do not. */
    private static byte[] written() throws IOException {
        byte[] random = new byte[100];
        new SplittableRandom(1).nextBytes(random);
        // Random bytes: in a run of equal bytes, a changed copy could still decompress correctly.
        byte[] repeated = Arrays.copyOf(random, 200);
        System.arraycopy(random, 0, repeated, 100, 100);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(new byte[] {0, 0, 0, 1});
        for (byte[] state : new byte[][] {repeated, random}) {
            try (OutputStream compressed = new SnappyFramedOutputStream(out, 1 << 16, 0.85)) {
                compressed.write(state);
            }
        }
        return out.toByteArray();
    }
}
