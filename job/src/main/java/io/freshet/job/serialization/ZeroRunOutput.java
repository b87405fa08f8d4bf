package io.freshet.job.serialization;

import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/**
 * Bytes of which many are 0, as counts, sums and untouched parameters have them, without most of those. {@link ZeroRunInput}
 * reads them.
 *
 * <p>In pieces of at most {@value #PIECE} bytes, each behind how long it is now, in two bytes: again and again how many zeros
 * come, how many other bytes, and these. A piece without a run of zeros becomes longer by five bytes.
 */
public final class ZeroRunOutput extends OutputStream {
    static final int PIECE = 4096;
    static final int LONGEST = PIECE + 4;
    /** Fewer zeros in a row stay among the other bytes: two counts would take as much room. */
    private static final int SHORTEST_RUN = 3;

    private final DataOutput out;
    private final byte[] piece = new byte[PIECE];
    private final byte[] packed = new byte[LONGEST];
    private int size;
    private int packedSize;

    private ZeroRunOutput(DataOutput out) {
        this.out = out;
    }

    /** What writes a value. */
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

    /** Returns where the next run of zeros that is long enough begins, or the end. */
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

    /** Seven bits, the lowest first, and in the highest whether there are more: two bytes are enough for a piece. */
    private void packCount(int count) {
        if (count > 0x7f) {
            packed[packedSize++] = (byte) (count | 0x80);
            packed[packedSize++] = (byte) (count >>> 7);
        } else {
            packed[packedSize++] = (byte) count;
        }
    }
}
