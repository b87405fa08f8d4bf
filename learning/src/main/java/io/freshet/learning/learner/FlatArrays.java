package io.freshet.learning.learner;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Arrays of numbers as bytes: a length, then little-endian values, moved in pieces, so that an array of any length needs
 * no second one of its size.
 */
final class FlatArrays {
    static final int PIECE = 1 << 14;

    private FlatArrays() {}

    static void writeFloats(float[] array, int length, DataOutput out) throws IOException {
        out.writeInt(length);
        byte[] piece = new byte[Math.min(PIECE, length) * Float.BYTES];
        for (int at = 0; at < length; at += PIECE) {
            int count = Math.min(PIECE, length - at);
            littleEndian(piece).asFloatBuffer().put(array, at, count);
            out.write(piece, 0, count * Float.BYTES);
        }
    }

    static float[] readFloats(DataInput in) throws IOException {
        float[] array = new float[readLength(in)];
        byte[] piece = new byte[Math.min(PIECE, array.length) * Float.BYTES];
        for (int at = 0; at < array.length; at += PIECE) {
            int count = Math.min(PIECE, array.length - at);
            in.readFully(piece, 0, count * Float.BYTES);
            littleEndian(piece).asFloatBuffer().get(array, at, count);
        }
        return array;
    }

    static void writeDoubles(double[] array, DataOutput out) throws IOException {
        out.writeInt(array.length);
        byte[] piece = new byte[Math.min(PIECE, array.length) * Double.BYTES];
        for (int at = 0; at < array.length; at += PIECE) {
            int count = Math.min(PIECE, array.length - at);
            littleEndian(piece).asDoubleBuffer().put(array, at, count);
            out.write(piece, 0, count * Double.BYTES);
        }
    }

    static double[] readDoubles(DataInput in) throws IOException {
        double[] array = new double[readLength(in)];
        byte[] piece = new byte[Math.min(PIECE, array.length) * Double.BYTES];
        for (int at = 0; at < array.length; at += PIECE) {
            int count = Math.min(PIECE, array.length - at);
            in.readFully(piece, 0, count * Double.BYTES);
            littleEndian(piece).asDoubleBuffer().get(array, at, count);
        }
        return array;
    }

    static void writeInts(int[] array, int length, DataOutput out) throws IOException {
        out.writeInt(length);
        byte[] piece = new byte[Math.min(PIECE, length) * Integer.BYTES];
        for (int at = 0; at < length; at += PIECE) {
            int count = Math.min(PIECE, length - at);
            littleEndian(piece).asIntBuffer().put(array, at, count);
            out.write(piece, 0, count * Integer.BYTES);
        }
    }

    static int[] readInts(DataInput in) throws IOException {
        int[] array = new int[readLength(in)];
        byte[] piece = new byte[Math.min(PIECE, array.length) * Integer.BYTES];
        for (int at = 0; at < array.length; at += PIECE) {
            int count = Math.min(PIECE, array.length - at);
            in.readFully(piece, 0, count * Integer.BYTES);
            littleEndian(piece).asIntBuffer().get(array, at, count);
        }
        return array;
    }

    static void writeLongs(long[] array, DataOutput out) throws IOException {
        out.writeInt(array.length);
        for (long number : array) {
            out.writeLong(number);
        }
    }

    static long[] readLongs(DataInput in) throws IOException {
        long[] array = new long[readLength(in)];
        for (int i = 0; i < array.length; i++) {
            array[i] = in.readLong();
        }
        return array;
    }

    private static int readLength(DataInput in) throws IOException {
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
