package io.freshet.learning.learner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Would catch a lost or displaced chunk of a long array, and a byte count beyond an int for 2^29 numbers. */
class FlatArraysTest {
    private static final int CHUNK = FlatArrays.CHUNK;

    @ParameterizedTest
    @ValueSource(ints = {0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 7})
    void arrays_of_any_length_read_back_the_same_bits(int length) throws IOException {
        long seed = 20260112;
        SplittableRandom random = new SplittableRandom(seed);
        int[] ints = random.ints(length).toArray();
        float[] floats = new float[length];
        double[] doubles = new double[length];
        for (int i = 0; i < length; i++) {
            floats[i] = Float.intBitsToFloat(ints[i] & 0x7f7fffff);
            doubles[i] = random.nextDouble();
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        FlatArrays.writeFloats(floats, out);
        FlatArrays.writeDoubles(doubles, out);
        FlatArrays.writeInts(ints, out);
        assertThat(bytes.size()).isEqualTo(12 + 16 * length);

        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes.toByteArray()));
        assertThat(FlatArrays.readFloats(in)).as("seed %d", seed).isEqualTo(floats);
        assertThat(FlatArrays.readDoubles(in)).as("seed %d", seed).isEqualTo(doubles);
        assertThat(FlatArrays.readInts(in)).as("seed %d", seed).isEqualTo(ints);
        assertThat(in.read()).isEqualTo(-1);
    }

    /** A message can claim any length; the memory of the JVM would be gone before its end is reached. */
    @Test
    void a_false_length_ends_with_the_bytes_that_are_there() {
        byte[] bytes = new byte[4 + 5 * CHUNK];
        ByteBuffer.wrap(bytes).putInt(Integer.MAX_VALUE);
        for (Reader each : List.<Reader>of(
                FlatArrays::readFloats,
                FlatArrays::readDoubles,
                FlatArrays::readInts,
                FlatArrays::readLongs,
                FlatArrays::readText)) {
            assertThatThrownBy(() -> each.read(new DataInputStream(new ByteArrayInputStream(bytes))))
                    .isInstanceOf(EOFException.class);
        }
    }

    private interface Reader {
        Object read(DataInputStream in) throws IOException;
    }

    @Test
    void varints_read_back() throws IOException {
        int[] numbers = {0, 1, 127, 128, 16_383, 16_384, Integer.MAX_VALUE};
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int number : numbers) {
            FlatArrays.writeVarint(number, new DataOutputStream(bytes));
        }
        assertThat(bytes.size()).isEqualTo(1 + 1 + 1 + 2 + 2 + 3 + 5);
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes.toByteArray()));
        for (int number : numbers) {
            assertThat(FlatArrays.readVarint(in)).isEqualTo(number);
        }
        assertThat(in.read()).isEqualTo(-1);
    }

    @Test
    void rejects_an_invalid_count() {
        byte[] bytes = {-1, -1, -1, -1, -1, -1};
        assertThatThrownBy(() -> FlatArrays.readVarint(new DataInputStream(new ByteArrayInputStream(bytes))))
                .isInstanceOf(IOException.class)
                .hasMessage("count: more than 31 bits (expected: at most 31)");
    }

    @Test
    void numbers_are_little_endian() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        FlatArrays.writeFloats(new float[] {1}, new DataOutputStream(bytes));
        assertThat(bytes.toByteArray()).containsExactly(0, 0, 0, 1, 0, 0, 0x80, 0x3f);
    }

    @Test
    void several_arrays_are_written_as_one_concatenated_array() throws IOException {
        SplittableRandom random = new SplittableRandom(3);
        float[] all = new float[2 * FlatArrays.CHUNK + 10];
        for (int i = 0; i < all.length; i++) {
            all[i] = (float) random.nextDouble();
        }
        int half = all.length / 2;
        float[][] parts = {Arrays.copyOf(all, half), {}, Arrays.copyOfRange(all, half, all.length)};
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        FlatArrays.writeFloats(all, new DataOutputStream(whole));
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        FlatArrays.writeFloats(parts, new DataOutputStream(joined));
        assertThat(joined.toByteArray()).isEqualTo(whole.toByteArray());
    }

    @Test
    void rejects_a_negative_length() {
        byte[] bytes = {-1, -1, -1, -1};
        assertThatThrownBy(() -> FlatArrays.readFloats(new DataInputStream(new ByteArrayInputStream(bytes))))
                .isInstanceOf(IOException.class)
                .hasMessage("array: length -1 (expected: at least 0)");
    }
}
