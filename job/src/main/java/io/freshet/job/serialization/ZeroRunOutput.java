package io.freshet.job.serialization;

import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;

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
 */
public final class ZeroRunOutput extends OutputStream {
    static final int PIECE = 4096;
    static final int LONGEST = PIECE + 4;
    /** Shorter runs are treated as other bytes: their two counts would not save space. */
    private static final int SHORTEST_RUN = 3;

    private final DataOutput out;
    private final byte[] piece = new byte[PIECE];
    private final byte[] packed = new byte[LONGEST];
    private int size;
    private int packedSize;

    private ZeroRunOutput(DataOutput out) {
        this.out = out;
    }

    /** Writes a value. */
    public interface Writer {
        void write(DataOutput out) throws IOException;
    }

    public static void write(DataOutput out, Writer value) throws IOException {
        ZeroRunOutput runs = new ZeroRunOutput(out);
        value.write(new DataOutputStream(runs));
        if (runs.size > 0) {
            runs.writePiece();
        }
    }

    @Override
    public void write(int one) throws IOException {
        if (size == PIECE) {
            writePiece();
        }
        piece[size++] = (byte) one;
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
