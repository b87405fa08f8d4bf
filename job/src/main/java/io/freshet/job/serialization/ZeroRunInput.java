package io.freshet.job.serialization;

import java.io.DataInput;
import java.io.DataInputStream;
import java.io.IOException;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/**
 * Decompresses the output of {@link ZeroRunOutput}. Reads in large pieces, and never beyond the end of the value.
 *
 * <p>Many small values are read through one object, which keeps its buffers: use one per thread.
 */
public final class ZeroRunInput implements DataInput {
    private static final VarHandle SHORTS = ZeroRunOutput.bigEndian(short[].class);
    private static final VarHandle INTS = ZeroRunOutput.bigEndian(int[].class);
    private static final VarHandle LONGS = ZeroRunOutput.bigEndian(long[].class);

    private final byte[] packed = new byte[ZeroRunOutput.LONGEST];
    private final byte[] piece = new byte[ZeroRunOutput.PIECE];
    private DataInput in = this;
    private int size;
    private int at;

    /** Reads a value to its end. */
    public interface Reader<T> {
        T read(DataInput in) throws IOException;
    }

    public <T> T read(DataInput source, Reader<T> value) throws IOException {
        in = source;
        at = 0;
        size = 0;
        T read = value.read(this);
        if (at < size) {
            throw new IOException("zero runs: " + (size - at) + " bytes left (expected: 0)");
        }
        return read;
    }

    /** Returns where a number of the piece starts, and skips it; -1 if it crosses the end of the piece. */
    private int place(int bytes) {
        int from = at;
        if (from + bytes > size) {
            return -1;
        }
        at += bytes;
        return from;
    }

    @Override
    public void readFully(byte[] bytes) throws IOException {
        readFully(bytes, 0, bytes.length);
    }

    @Override
    public void readFully(byte[] bytes, int from, int length) throws IOException {
        int done = 0;
        while (done < length) {
            if (at == size) {
                readPiece();
            }
            int count = Math.min(size - at, length - done);
            System.arraycopy(piece, at, bytes, from + done, count);
            at += count;
            done += count;
        }
    }

    @Override
    public int skipBytes(int count) throws IOException {
        for (int skipped = 0; skipped < count; skipped++) {
            readByte();
        }
        return count;
    }

    @Override
    public byte readByte() throws IOException {
        if (at == size) {
            readPiece();
        }
        return piece[at++];
    }

    @Override
    public int readUnsignedByte() throws IOException {
        return readByte() & 0xff;
    }

    @Override
    public boolean readBoolean() throws IOException {
        return readByte() != 0;
    }

    @Override
    public short readShort() throws IOException {
        int from = place(Short.BYTES);
        if (from >= 0) {
            return (short) SHORTS.get(piece, from);
        }
        return (short) (readByte() << Byte.SIZE | readUnsignedByte());
    }

    @Override
    public int readUnsignedShort() throws IOException {
        return readShort() & 0xffff;
    }

    @Override
    public char readChar() throws IOException {
        return (char) readShort();
    }

    @Override
    public int readInt() throws IOException {
        int from = place(Integer.BYTES);
        return from >= 0 ? (int) INTS.get(piece, from) : readShort() << Short.SIZE | readUnsignedShort();
    }

    @Override
    public long readLong() throws IOException {
        int from = place(Long.BYTES);
        if (from >= 0) {
            return (long) LONGS.get(piece, from);
        }
        return (long) readInt() << Integer.SIZE | Integer.toUnsignedLong(readInt());
    }

    @Override
    public float readFloat() throws IOException {
        return Float.intBitsToFloat(readInt());
    }

    @Override
    public double readDouble() throws IOException {
        return Double.longBitsToDouble(readLong());
    }

    @Override
    public String readUTF() throws IOException {
        return DataInputStream.readUTF(this);
    }

    /** Not supported: no value contains lines. */
    @Override
    public String readLine() {
        throw new UnsupportedOperationException("zero runs: readLine");
    }

    private void readPiece() throws IOException {
        int length = in.readUnsignedShort();
        if (length == 0 || length > packed.length) {
            throw new IOException("zero runs: a piece of " + length + " bytes (expected: 1 to " + packed.length + ")");
        }
        in.readFully(packed, 0, length);
        at = 0;
        size = 0;
        int from = 0;
        while (from < length) {
            int zeros = packed[from++];
            if (zeros < 0) {
                zeros = zeros & 0x7f | packed[from++] << 7;
            }
            int others = packed[from++];
            if (others < 0) {
                others = others & 0x7f | packed[from++] << 7;
            }
            Arrays.fill(piece, size, size + zeros, (byte) 0);
            size += zeros;
            System.arraycopy(packed, from, piece, size, others);
            size += others;
            from += others;
        }
    }
}
