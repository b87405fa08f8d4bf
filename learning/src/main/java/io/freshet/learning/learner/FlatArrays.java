package io.freshet.learning.learner;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Arrays of numbers as bytes: a length, then little-endian values, moved in bulk. */
final class FlatArrays {
    private FlatArrays() {}

    static void writeFloats(float[] array, int length, DataOutput out) throws IOException {
        byte[] bytes = new byte[length * Float.BYTES];
        littleEndian(bytes).asFloatBuffer().put(array, 0, length);
        out.writeInt(length);
        out.write(bytes);
    }

    static float[] readFloats(DataInput in) throws IOException {
        float[] array = new float[in.readInt()];
        read(in, array.length * Float.BYTES).asFloatBuffer().get(array);
        return array;
    }

    static void writeDoubles(double[] array, DataOutput out) throws IOException {
        byte[] bytes = new byte[array.length * Double.BYTES];
        littleEndian(bytes).asDoubleBuffer().put(array);
        out.writeInt(array.length);
        out.write(bytes);
    }

    static double[] readDoubles(DataInput in) throws IOException {
        double[] array = new double[in.readInt()];
        read(in, array.length * Double.BYTES).asDoubleBuffer().get(array);
        return array;
    }

    static void writeInts(int[] array, int length, DataOutput out) throws IOException {
        byte[] bytes = new byte[length * Integer.BYTES];
        littleEndian(bytes).asIntBuffer().put(array, 0, length);
        out.writeInt(length);
        out.write(bytes);
    }

    static int[] readInts(DataInput in) throws IOException {
        int[] array = new int[in.readInt()];
        read(in, array.length * Integer.BYTES).asIntBuffer().get(array);
        return array;
    }

    private static ByteBuffer read(DataInput in, int length) throws IOException {
        byte[] bytes = new byte[length];
        in.readFully(bytes);
        return littleEndian(bytes);
    }

    private static ByteBuffer littleEndian(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
