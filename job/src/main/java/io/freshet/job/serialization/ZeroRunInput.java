package io.freshet.job.serialization;

import java.io.DataInput;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** Decompresses the output of {@link ZeroRunOutput}. Reads in large pieces, and never beyond the end of the value. */
public final class ZeroRunInput extends InputStream {
    private final DataInput in;
    private final byte[] packed = new byte[ZeroRunOutput.LONGEST];
    private final byte[] piece = new byte[ZeroRunOutput.PIECE];
    private int size;
    private int at;

    private ZeroRunInput(DataInput in) {
        this.in = in;
    }

    /** Reads a value to its end. */
    public interface Reader<T> {
        T read(DataInput in) throws IOException;
    }

    public static <T> T read(DataInput in, Reader<T> value) throws IOException {
        ZeroRunInput runs = new ZeroRunInput(in);
        T read = value.read(new DataInputStream(runs));
        if (runs.at < runs.size) {
            throw new IOException("zero runs: " + (runs.size - runs.at) + " bytes left (expected: 0)");
        }
        return read;
    }

    @Override
    public int read() throws IOException {
        if (at == size) {
            readPiece();
        }
        return piece[at++] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int from, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (at == size) {
            readPiece();
        }
        int count = Math.min(size - at, length);
        System.arraycopy(piece, at, bytes, from, count);
        at += count;
        return count;
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
