package io.freshet.job.serialization;

import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Compresses runs of zero bytes, which are common in counts, sums, and unused parameters. {@link ZeroRunInput} reads them.
 *
 * <pre>
 *   output = piece ...
 *   piece  = length of the rest of the piece, 2 bytes | run ...      at most {@value #PIECE} uncompressed bytes
 *   run    = count of zeros | count of other bytes | other bytes     counts of 1 or 2 bytes
 * </pre>
 *
 * A piece without a run of zeros grows by five bytes.
 *
 * <p>Many small values are written through one object, which keeps its buffers: use one per thread.
 */
public final class ZeroRunOutput extends OutputStream implements DataOutput {
    static final int PIECE = 4096;
    static final int LONGEST = PIECE + 4;
    /** Shorter runs are treated as other bytes: their two counts would not save space. */
    private static final int SHORTEST_RUN = 3;

    private static final VarHandle SHORTS = bigEndian(short[].class);
    private static final VarHandle INTS = bigEndian(int[].class);
    private static final VarHandle LONGS = bigEndian(long[].class);

    private final byte[] piece = new byte[PIECE];
    private final byte[] packed = new byte[LONGEST];
    private final DataOutputStream text = new DataOutputStream(this);
    private DataOutput out = text;
    private int size;
    private int packedSize;

    static VarHandle bigEndian(Class<?> array) {
        return MethodHandles.byteArrayViewVarHandle(array, ByteOrder.BIG_ENDIAN);
    }

    /** Writes a value. */
    public interface Writer {
        void write(DataOutput out) throws IOException;
    }

    public void write(DataOutput target, Writer value) throws IOException {
        out = target;
        size = 0;
        value.write(this);
        if (size > 0) {
            writePiece();
        }
    }

    /** Makes room in the piece for a number; returns where it starts, or -1 if it crosses the end of the piece. */
    private int place(int bytes) {
        int at = size;
        if (at + bytes > PIECE) {
            return -1;
        }
        size += bytes;
        return at;
    }

    @Override
    public void write(int one) throws IOException {
        if (size == PIECE) {
            writePiece();
        }
        piece[size++] = (byte) one;
    }

    @Override
    public void write(byte[] bytes) throws IOException {
        write(bytes, 0, bytes.length);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
        int done = 0;
        while (done < length) {
            if (size == PIECE) {
                writePiece();
            }
            int count = Math.min(PIECE - size, length - done);
            System.arraycopy(bytes, from + done, piece, size, count);
            size += count;
            done += count;
        }
    }

    @Override
    public void writeByte(int number) throws IOException {
        write(number);
    }

    @Override
    public void writeBoolean(boolean value) throws IOException {
        write(value ? 1 : 0);
    }

    @Override
    public void writeShort(int number) throws IOException {
        int at = place(Short.BYTES);
        if (at >= 0) {
            SHORTS.set(piece, at, (short) number);
        } else {
            write(number >>> Byte.SIZE);
            write(number);
        }
    }

    @Override
    public void writeChar(int number) throws IOException {
        writeShort(number);
    }

    @Override
    public void writeInt(int number) throws IOException {
        int at = place(Integer.BYTES);
        if (at >= 0) {
            INTS.set(piece, at, number);
        } else {
            writeShort(number >>> Short.SIZE);
            writeShort(number);
        }
    }

    @Override
    public void writeLong(long number) throws IOException {
        int at = place(Long.BYTES);
        if (at >= 0) {
            LONGS.set(piece, at, number);
        } else {
            writeInt((int) (number >>> Integer.SIZE));
            writeInt((int) number);
        }
    }

    @Override
    public void writeFloat(float number) throws IOException {
        writeInt(Float.floatToIntBits(number));
    }

    @Override
    public void writeDouble(double number) throws IOException {
        writeLong(Double.doubleToLongBits(number));
    }

    @Override
    public void writeBytes(String ascii) throws IOException {
        text.writeBytes(ascii);
    }

    @Override
    public void writeChars(String characters) throws IOException {
        text.writeChars(characters);
    }

    @Override
    public void writeUTF(String characters) throws IOException {
        text.writeUTF(characters);
    }

    private void writePiece() throws IOException {
        packedSize = 0;
        int at = 0;
        while (at < size) {
            int others = zerosEnd(at);
            int end = othersEnd(others);
            packCount(others - at);
            packCount(end - others);
            System.arraycopy(piece, others, packed, packedSize, end - others);
            packedSize += end - others;
            at = end;
        }
        size = 0;
        out.writeShort(packedSize);
        out.write(packed, 0, packedSize);
    }

    private int zerosEnd(int from) {
        int at = from;
        while (at < size && piece[at] == 0) {
            at++;
        }
        return at;
    }

    /** Returns the start of the next run of zeros that is long enough, or the end. */
    private int othersEnd(int from) {
        int zeros = 0;
        for (int at = from; at < size; at++) {
            zeros = piece[at] == 0 ? zeros + 1 : 0;
            if (zeros == SHORTEST_RUN) {
                return at + 1 - SHORTEST_RUN;
            }
        }
        return size;
    }

    /** Writes seven bits in each byte, lowest first. The high bit marks another byte. Two bytes are enough for a piece. */
    private void packCount(int count) {
        if (count > 0x7f) {
            packed[packedSize++] = (byte) (count | 0x80);
            packed[packedSize++] = (byte) (count >>> 7);
        } else {
            packed[packedSize++] = (byte) count;
        }
    }
}
