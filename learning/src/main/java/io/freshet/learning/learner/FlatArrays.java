package io.freshet.learning.learner;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Arrays of numbers as bytes: a length, then little-endian values. Copies in chunks, so that a large array needs no buffer of
 * its own size. An array that is read grows with the bytes received, so that a false length allocates little.
 */
public final class FlatArrays {
    static final int CHUNK = 1 << 14;

    /** Numbers that are read at once. Their bytes stay in the cache of a core, and are few beside an array of a block. */
    private static final int READ = 1 << 11;

    /** Up to this length, an array that is read is allocated at once. */
    private static final int FIRST = 1 << 18;

    /** How much longer an array may be than what was received. Each time it grows, it is copied. */
    private static final long GROWTH = 16;

    /** The length in bytes of the pieces in which floats are written, but for the last. */
    public static final int PIECE = CHUNK * Float.BYTES;

    private FlatArrays() {}

    public static void writeFloats(float[] array, DataOutput out) throws IOException {
        out.writeInt(array.length);
        writeValues(array, out);
    }

    /** Writes arrays as one concatenated array. */
    static void writeFloats(float[][] arrays, DataOutput out) throws IOException {
        int length = 0;
        for (float[] array : arrays) {
            length += array.length;
        }
        out.writeInt(length);
        for (float[] array : arrays) {
            writeValues(array, out);
        }
    }

    private static void writeValues(float[] array, DataOutput out) throws IOException {
        if (out instanceof FloatOutput direct) {
            direct.writeFloats(array, array.length);
            return;
        }
        byte[] chunk = new byte[Math.min(CHUNK, array.length) * Float.BYTES];
        for (int at = 0; at < array.length; at += CHUNK) {
            int count = Math.min(CHUNK, array.length - at);
            littleEndian(chunk).asFloatBuffer().put(array, at, count);
            out.write(chunk, 0, count * Float.BYTES);
        }
    }

    public static float[] readFloats(DataInput in) throws IOException {
        int length = readLength(in);
        float[] array = new float[Math.min(length, FIRST)];
        for (int at = 0; at < length; at += CHUNK) {
            int count = Math.min(CHUNK, length - at);
            array = at + count <= array.length ? array : Arrays.copyOf(array, grown(array.length, length));
            readValues(array, at, count, in);
        }
        return array;
    }

    /** Returns the next size of an array that is being read. */
    private static int grown(int size, int length) {
        return (int) Math.min(length, GROWTH * size);
    }

    /** Fills an array with values, after {@link #readLength}. */
    static void readValues(float[] array, DataInput in) throws IOException {
        readValues(array, 0, array.length, in);
    }

    private static void readValues(float[] array, int from, int length, DataInput in) throws IOException {
        if (in instanceof FloatInput direct) {
            direct.readFloats(array, from, length);
            return;
        }
        byte[] chunk = new byte[Math.min(READ, length) * Float.BYTES];
        for (int at = 0; at < length; at += READ) {
            int count = Math.min(READ, length - at);
            in.readFully(chunk, 0, count * Float.BYTES);
            littleEndian(chunk).asFloatBuffer().get(array, from + at, count);
        }
    }

    public static void writeDoubles(double[] array, DataOutput out) throws IOException {
        out.writeInt(array.length);
        byte[] chunk = new byte[Math.min(CHUNK, array.length) * Double.BYTES];
        for (int at = 0; at < array.length; at += CHUNK) {
            int count = Math.min(CHUNK, array.length - at);
            littleEndian(chunk).asDoubleBuffer().put(array, at, count);
            out.write(chunk, 0, count * Double.BYTES);
        }
    }

    public static double[] readDoubles(DataInput in) throws IOException {
        int length = readLength(in);
        double[] array = new double[Math.min(length, FIRST)];
        byte[] chunk = new byte[Math.min(length, CHUNK) * Double.BYTES];
        for (int at = 0; at < length; at += CHUNK) {
            int count = Math.min(CHUNK, length - at);
            in.readFully(chunk, 0, count * Double.BYTES);
            array = at + count <= array.length ? array : Arrays.copyOf(array, grown(array.length, length));
            littleEndian(chunk).asDoubleBuffer().get(array, at, count);
        }
        return array;
    }

    public static void writeInts(int[] array, DataOutput out) throws IOException {
        out.writeInt(array.length);
        byte[] chunk = new byte[Math.min(CHUNK, array.length) * Integer.BYTES];
        for (int at = 0; at < array.length; at += CHUNK) {
            int count = Math.min(CHUNK, array.length - at);
            littleEndian(chunk).asIntBuffer().put(array, at, count);
            out.write(chunk, 0, count * Integer.BYTES);
        }
    }

    public static int[] readInts(DataInput in) throws IOException {
        int length = readLength(in);
        int[] array = new int[Math.min(length, FIRST)];
        byte[] chunk = new byte[Math.min(length, CHUNK) * Integer.BYTES];
        for (int at = 0; at < length; at += CHUNK) {
            int count = Math.min(CHUNK, length - at);
            in.readFully(chunk, 0, count * Integer.BYTES);
            array = at + count <= array.length ? array : Arrays.copyOf(array, grown(array.length, length));
            littleEndian(chunk).asIntBuffer().get(array, at, count);
        }
        return array;
    }

    /** Writes a number from 0 in as few bytes as it needs. */
    public static void writeVarint(int number, DataOutput out) throws IOException {
        writeBits(number, out);
    }

    public static int readVarint(DataInput in) throws IOException {
        return (int) readBits(Integer.SIZE - 1, in);
    }

    /** Writes a number near 0 in few bytes: its sign is the lowest bit. */
    public static void writeVarlong(long number, DataOutput out) throws IOException {
        writeBits((number << 1) ^ (number >> 63), out);
    }

    public static long readVarlong(DataInput in) throws IOException {
        long bits = readBits(Long.SIZE, in);
        return (bits >>> 1) ^ -(bits & 1);
    }

    /** Seven bits per byte, lowest first; all bytes but the last have the highest bit set. */
    private static void writeBits(long bits, DataOutput out) throws IOException {
        long left = bits;
        while ((left & ~0x7fL) != 0) {
            out.writeByte((int) left | 0x80);
            left >>>= 7;
        }
        out.writeByte((int) left);
    }

    private static long readBits(int most, DataInput in) throws IOException {
        long bits = 0;
        for (int shift = 0; shift < most; shift += 7) {
            byte next = in.readByte();
            bits |= (next & 0x7fL) << shift;
            if (next >= 0 && (most == Long.SIZE || bits >>> most == 0)) {
                return bits;
            }
        }
        throw new IOException("count: more than " + most + " bits (expected: at most " + most + ")");
    }

    public static void writeLongs(long[] array, DataOutput out) throws IOException {
        out.writeInt(array.length);
        for (long number : array) {
            out.writeLong(number);
        }
    }

    public static long[] readLongs(DataInput in) throws IOException {
        int length = readLength(in);
        long[] array = new long[Math.min(length, FIRST)];
        for (int i = 0; i < length; i++) {
            array = i < array.length ? array : Arrays.copyOf(array, grown(array.length, length));
            array[i] = in.readLong();
        }
        return array;
    }

    /** Writes a text, which may be longer than {@link DataOutput#writeUTF} can write. */
    public static void writeText(String text, DataOutput out) throws IOException {
        writeBytes(text.getBytes(StandardCharsets.UTF_8), out);
    }

    public static String readText(DataInput in) throws IOException {
        return new String(readBytes(in), StandardCharsets.UTF_8);
    }

    public static void writeBytes(byte[] bytes, DataOutput out) throws IOException {
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    public static byte[] readBytes(DataInput in) throws IOException {
        return readBytes(readLength(in), in);
    }

    public static byte[] readBytes(int length, DataInput in) throws IOException {
        byte[] bytes = new byte[Math.min(length, FIRST)];
        for (int at = 0; at < length; at += CHUNK) {
            int count = Math.min(CHUNK, length - at);
            bytes = at + count <= bytes.length ? bytes : Arrays.copyOf(bytes, grown(bytes.length, length));
            in.readFully(bytes, at, count);
        }
        return bytes;
    }

    static int readLength(DataInput in) throws IOException {
        int length = in.readInt();
        if (length < 0) {
            throw new IOException("array: length " + length + " (expected: at least 0)");
        }
        return length;
    }

    private static ByteBuffer littleEndian(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
