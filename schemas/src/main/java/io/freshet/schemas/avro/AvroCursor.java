package io.freshet.schemas.avro;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Reads the Avro binary encoding of one record, in place.
 *
 * <p>Checks every length against the remaining bytes before anything is allocated. Not thread-safe.
 *
 * @see <a href="https://avro.apache.org/docs/1.12.0/specification/#binary-encoding">Avro specification</a>
 */
public class AvroCursor {
    /** Limits nested records, arrays, and maps: a recursive schema can nest without bound. */
    private static final int MAXIMUM_DEPTH = 128;

    private static final VarHandle DOUBLE =
            MethodHandles.byteArrayViewVarHandle(double[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle FLOAT = MethodHandles.byteArrayViewVarHandle(float[].class, ByteOrder.LITTLE_ENDIAN);

    private static final int[] NO_INTS = {};
    private static final long[] NO_LONGS = {};
    private static final double[] NO_DOUBLES = {};

    /** What a record is called in messages. */
    private final String noun;

    protected byte[] bytes = {};
    protected int at;
    private int depth;
    /** Entries so far that took no bytes. */
    private long emptyEntries;

    public AvroCursor() {
        this("record");
    }

    /** @param noun what a record is called in messages */
    protected AvroCursor(String noun) {
        this.noun = noun;
    }

    public final void start(byte[] record, int from) {
        bytes = record;
        at = from;
        depth = 0;
        emptyEntries = 0;
    }

    /** Returns to a position of the same record, to read its bytes again. */
    public final void rewind(int to) {
        at = to;
    }

    public byte[] bytes() {
        return bytes;
    }

    public int at() {
        return at;
    }

    /** Returns the number of bytes left. */
    protected final int remaining() {
        return bytes.length - at;
    }

    public void enter() throws MalformedRecordException {
        if (++depth > MAXIMUM_DEPTH) {
            throw new MalformedRecordException("value: nested deeper (expected: up to " + MAXIMUM_DEPTH + " levels)");
        }
    }

    public void leave() {
        depth--;
    }

    public final void end() throws MalformedRecordException {
        if (remaining() != 0) {
            throw new MalformedRecordException("value: " + remaining() + " bytes left over (expected: the end)");
        }
    }

    public void skip(int count) throws MalformedRecordException {
        if (count > remaining()) {
            throw truncated();
        }
        at += count;
    }

    public final long readLong() throws MalformedRecordException {
        long value = 0;
        for (int shift = 0; shift < 70; shift += 7) {
            if (remaining() == 0) {
                throw truncated();
            }
            byte b = bytes[at++];
            value |= (b & 0x7fL) << shift;
            if (b >= 0) {
                return (value >>> 1) ^ -(value & 1);
            }
        }
        throw new MalformedRecordException("value: a number of more than 10 bytes (expected: a variable-length long)");
    }

    public int readInt() throws MalformedRecordException {
        return readInt("value: the number");
    }

    /** @param field that has the number, for the message */
    protected final int readInt(String field) throws MalformedRecordException {
        long number = readLong();
        if (number != (int) number) {
            throw new MalformedRecordException(field + " " + number + " (expected: an int)");
        }
        return (int) number;
    }

    /** Returns whether an optional value is present, whose union starts with null. */
    public boolean readPresence() throws MalformedRecordException {
        return readIndex(2) == 1;
    }

    /** Returns the index of a union branch or enum symbol, in [0, {@code limit}). */
    public int readIndex(int limit) throws MalformedRecordException {
        long index = readLong();
        if (index < 0 || index >= limit) {
            throw new MalformedRecordException("value: choice " + index + " (expected: one of " + limit + ", from 0)");
        }
        return (int) index;
    }

    public boolean readBoolean() throws MalformedRecordException {
        skip(1);
        byte value = bytes[at - 1];
        if (value != 0 && value != 1) {
            throw new MalformedRecordException("value: a boolean of " + value + " (expected: 0 or 1)");
        }
        return value == 1;
    }

    public float readFloat() throws MalformedRecordException {
        skip(Float.BYTES);
        return (float) FLOAT.get(bytes, at - Float.BYTES);
    }

    public double readDouble() throws MalformedRecordException {
        skip(Double.BYTES);
        return (double) DOUBLE.get(bytes, at - Double.BYTES);
    }

    /** Returns the length of a text or of bytes, at most the bytes left. */
    public int readLength() throws MalformedRecordException {
        return readLength("value");
    }

    /** @param field that has the length, for the message */
    protected final int readLength(String field) throws MalformedRecordException {
        long length = readLong();
        if (length < 0 || length > remaining()) {
            throw new MalformedRecordException(
                    field + ": length " + length + " (expected: up to the " + remaining() + " bytes left)");
        }
        return (int) length;
    }

    public void skipText() throws MalformedRecordException {
        int length = readLength();
        at += length;
    }

    /** Returns the number of entries of the next block of an array or map, at most the bytes left; 0 at the end. */
    public int readBlock() throws MalformedRecordException {
        long count = readLong();
        if (count < 0) {
            // A negative count is followed by the block's length in bytes.
            readLength();
            count = -count;
        }
        if (count < 0 || count > remaining()) {
            throw new MalformedRecordException(
                    "value: a block of " + count + " entries (expected: up to the " + remaining() + " bytes left)");
        }
        return (int) count;
    }

    /**
     * Skips an array whose entries take no bytes. A few bytes can declare millions of them, so a record may have as many as it
     * has bytes: whoever reads it one by one does not take longer than its bytes do.
     */
    void skipEmptyEntries() throws MalformedRecordException {
        for (int count = readBlock(); count != 0; count = readBlock()) {
            emptyEntries += count;
            if (emptyEntries > bytes.length) {
                throw new MalformedRecordException("value: " + emptyEntries
                        + " entries without bytes (expected: up to the " + bytes.length + " bytes of the record)");
            }
        }
    }

    /** Returns all numbers of an array. */
    public int[] readInts() throws MalformedRecordException {
        int[] numbers = NO_INTS;
        int length = 0;
        for (int count = readBlock(); count != 0; count = readBlock()) {
            if (length + count > numbers.length) {
                numbers = Arrays.copyOf(numbers, grown(numbers.length, length + count));
            }
            for (int i = 0; i < count; i++) {
                numbers[length++] = readInt();
            }
        }
        return length == numbers.length ? numbers : Arrays.copyOf(numbers, length);
    }

    /** Returns all numbers of an array. */
    public long[] readLongs() throws MalformedRecordException {
        long[] numbers = NO_LONGS;
        int length = 0;
        for (int count = readBlock(); count != 0; count = readBlock()) {
            if (length + count > numbers.length) {
                numbers = Arrays.copyOf(numbers, grown(numbers.length, length + count));
            }
            for (int i = 0; i < count; i++) {
                numbers[length++] = readLong();
            }
        }
        return length == numbers.length ? numbers : Arrays.copyOf(numbers, length);
    }

    /** Returns all numbers of an array. */
    public double[] readDoubles() throws MalformedRecordException {
        double[] numbers = NO_DOUBLES;
        int length = 0;
        for (int count = readBlock(); count != 0; count = readBlock()) {
            if (length + count > numbers.length) {
                numbers = Arrays.copyOf(numbers, grown(numbers.length, length + count));
            }
            for (int i = 0; i < count; i++) {
                numbers[length++] = readDouble();
            }
        }
        return length == numbers.length ? numbers : Arrays.copyOf(numbers, length);
    }

    /** Returns a larger capacity. It doubles, since an array may have a block for each number. */
    private static int grown(int capacity, int needed) {
        return Math.max(needed, 2 * capacity);
    }

    protected final MalformedRecordException truncated() {
        return new MalformedRecordException(
                "value: ends after " + bytes.length + " bytes (expected: a whole " + noun + ")");
    }
}
