package io.freshet.job.record;

import java.io.IOException;
import java.io.Serializable;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Reads and writes arrays of big-endian numbers in blocks: the same bytes as {@code writeFloat} and {@code writeInt} for each
 * element, without their checks for each element. Not thread-safe.
 */
final class NumberArrays implements Serializable {
    private static final long serialVersionUID = 1;
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle FLOAT = MethodHandles.byteArrayViewVarHandle(float[].class, ByteOrder.BIG_ENDIAN);
    /** Numbers per block. */
    private static final int BLOCK = 256;

    private final byte[] block = new byte[BLOCK * Float.BYTES];

    void writeFloats(float[] numbers, DataOutputView out) throws IOException {
        for (int from = 0; from < numbers.length; from += BLOCK) {
            int count = Math.min(BLOCK, numbers.length - from);
            for (int i = 0; i < count; i++) {
                FLOAT.set(block, i * Float.BYTES, numbers[from + i]);
            }
            out.write(block, 0, count * Float.BYTES);
        }
    }

    void writeInts(int[] numbers, DataOutputView out) throws IOException {
        for (int from = 0; from < numbers.length; from += BLOCK) {
            int count = Math.min(BLOCK, numbers.length - from);
            for (int i = 0; i < count; i++) {
                INT.set(block, i * Integer.BYTES, numbers[from + i]);
            }
            out.write(block, 0, count * Integer.BYTES);
        }
    }

    float[] readFloats(DataInputView in, int length) throws IOException {
        float[] numbers = new float[length];
        for (int from = 0; from < length; from += BLOCK) {
            int count = Math.min(BLOCK, length - from);
            in.readFully(block, 0, count * Float.BYTES);
            for (int i = 0; i < count; i++) {
                numbers[from + i] = (float) FLOAT.get(block, i * Float.BYTES);
            }
        }
        return numbers;
    }

    int[] readInts(DataInputView in, int length) throws IOException {
        int[] numbers = new int[length];
        for (int from = 0; from < length; from += BLOCK) {
            int count = Math.min(BLOCK, length - from);
            in.readFully(block, 0, count * Integer.BYTES);
            for (int i = 0; i < count; i++) {
                numbers[from + i] = (int) INT.get(block, i * Integer.BYTES);
            }
        }
        return numbers;
    }
}
