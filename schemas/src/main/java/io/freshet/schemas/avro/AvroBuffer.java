package io.freshet.schemas.avro;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A record in Avro's single-object encoding, written value by value: the same bytes as Avro's own encoder, without its
 * generic records and boxed numbers. Grows as needed. Not thread-safe.
 *
 * @see <a href="https://avro.apache.org/docs/1.12.0/specification/#binary-encoding">Avro specification</a>
 */
public final class AvroBuffer {
    private static final VarHandle DOUBLE =
            MethodHandles.byteArrayViewVarHandle(double[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle FLOAT = MethodHandles.byteArrayViewVarHandle(float[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int MAXIMUM_VARINT = 10;
    private static final byte[] NOTHING = {};

    private byte[] buffer;
    private int length = SingleObject.HEADER;

    /**
     * @param fingerprint of the record's schema
     * @param capacity expected bytes of the record
     */
    public AvroBuffer(long fingerprint, int capacity) {
        byte[] header = SingleObject.frame(NOTHING, 0, fingerprint);
        buffer = Arrays.copyOf(header, header.length + capacity);
    }

    /** Starts the next record. */
    public void clear() {
        length = SingleObject.HEADER;
    }

    /** Returns the number of bytes written, including the header. */
    public int length() {
        return length;
    }

    /** Returns a copy of the bytes written. */
    public byte[] toArray() {
        return Arrays.copyOf(buffer, length);
    }

    /** Returns a view of the bytes written after the header. */
    public ByteBuffer body() {
        return ByteBuffer.wrap(buffer, SingleObject.HEADER, length - SingleObject.HEADER);
    }

    /** Writes an int, a long, the index of a union's branch, or the number of items in a block. */
    public void writeLong(long value) {
        ensure(MAXIMUM_VARINT);
        length = writeLong(value, buffer, length);
    }

    /** Writes a number into an array, and returns the index after it. */
    public static int writeLong(long value, byte[] to, int from) {
        int end = from;
        long rest = (value << 1) ^ (value >> 63);
        while ((rest & ~0x7fL) != 0) {
            to[end++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        to[end++] = (byte) rest;
        return end;
    }

    public void writeBoolean(boolean value) {
        ensure(1);
        buffer[length++] = (byte) (value ? 1 : 0);
    }

    public void writeDouble(double value) {
        ensure(Double.BYTES);
        DOUBLE.set(buffer, length, value);
        length += Double.BYTES;
    }

    /** Writes {@code array[from, to)} without its length. */
    public void writeFloats(float[] array, int from, int to) {
        ensure(Math.multiplyExact(to - from, Float.BYTES));
        byte[] bytes = buffer;
        int at = length;
        for (int i = from; i < to; i++) {
            FLOAT.set(bytes, at, array[i]);
            at += Float.BYTES;
        }
        length = at;
    }

    public void writeString(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        writeBytes(utf8, 0, utf8.length);
    }

    /** Writes bytes or a text of UTF-8, after its length. */
    public void writeBytes(byte[] source, int from, int count) {
        writeLong(count);
        ensure(count);
        System.arraycopy(source, from, buffer, length, count);
        length += count;
    }

    /** Starts an array or map, whose items follow in one block. */
    public void startBlock(int count) {
        if (count > 0) {
            writeLong(count);
        }
    }

    /** Ends an array or map. */
    public void endBlocks() {
        writeLong(0);
    }

    /** Writes an array of doubles. */
    public void writeDoubles(double[] numbers) {
        startBlock(numbers.length);
        for (double number : numbers) {
            writeDouble(number);
        }
        endBlocks();
    }

    private void ensure(int additional) {
        if (additional > buffer.length - length) {
            buffer = Arrays.copyOf(buffer, Math.max(buffer.length * 2, length + additional));
        }
    }
}
