package io.freshet.job.record;

import io.freshet.learning.learner.FieldCodec;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;

/**
 * Compresses runs of zero bytes, which are common in counts, sums, and unused parameters.
 *
 * <pre>
 *   value = piece ...                                  {@value #PIECE} uncompressed bytes each; the last one has fewer
 *   piece = length of the rest of the piece, 2 bytes | run ...
 *   run   = count of zeros | count of other bytes | other bytes      counts of 1 or 2 bytes
 * </pre>
 *
 * A piece without a run of zeros grows by five bytes. Pieces are read at once, and nothing beyond the end of the value.
 *
 * <p>Many small values are written and read through one object, which keeps its buffers: use one per thread.
 */
public final class ZeroRuns {
    private static final int PIECE = 4096;
    private static final int LONGEST = PIECE + 4;
    /** Shorter runs are treated as other bytes: their two counts would not save space. */
    private static final int SHORTEST_RUN = 3;

    private static final int LARGEST_KEPT = 1 << 20;

    private final byte[] piece = new byte[PIECE];
    private final byte[] packed = new byte[LONGEST];
    /** The value, uncompressed. */
    private DataOutputSerializer plain = new DataOutputSerializer(PIECE);

    private int size;

    public <T> void write(T value, FieldCodec.Writer<T> writer, DataOutput out) throws IOException {
        plain.clear();
        writer.write(value, plain);
        for (int from = 0; from <= plain.length(); from += PIECE) {
            writePiece(plain.getSharedBuffer(), from, Math.min(from + PIECE, plain.length()), out);
        }
        dropLarge();
    }

    public <T> T read(FieldCodec.Reader<T> reader, DataInput in) throws IOException {
        plain.clear();
        do {
            readPiece(in);
            plain.write(piece, 0, size);
        } while (size == PIECE);
        DataInputDeserializer fields = new DataInputDeserializer(plain.getSharedBuffer(), 0, plain.length());
        T value = reader.read(fields);
        if (fields.available() > 0) {
            throw new IOException("zero runs: " + fields.available() + " bytes left (expected: 0)");
        }
        dropLarge();
        return value;
    }

    /** Drops the buffer of a value that is far larger than most. */
    private void dropLarge() {
        if (plain.getSharedBuffer().length > LARGEST_KEPT) {
            plain = new DataOutputSerializer(PIECE);
        }
    }

    private void writePiece(byte[] bytes, int from, int to, DataOutput out) throws IOException {
        int packedSize = 0;
        int at = from;
        while (at < to) {
            int others = zerosEnd(bytes, at, to);
            int end = othersEnd(bytes, others, to);
            packedSize = pack(others - at, packedSize);
            packedSize = pack(end - others, packedSize);
            System.arraycopy(bytes, others, packed, packedSize, end - others);
            packedSize += end - others;
            at = end;
        }
        out.writeShort(packedSize);
        out.write(packed, 0, packedSize);
    }

    private static int zerosEnd(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to && bytes[at] == 0) {
            at++;
        }
        return at;
    }

    /** Returns the start of the next run of zeros that is long enough, or the end. */
    private static int othersEnd(byte[] bytes, int from, int to) {
        int zeros = 0;
        for (int at = from; at < to; at++) {
            zeros = bytes[at] == 0 ? zeros + 1 : 0;
            if (zeros == SHORTEST_RUN) {
                return at + 1 - SHORTEST_RUN;
            }
        }
        return to;
    }

    /**
     * Writes seven bits in each byte, lowest first. The high bit marks another byte. Two bytes are enough for a piece.
     *
     * @return the index after them
     */
    private int pack(int count, int index) {
        if (count <= 0x7f) {
            packed[index] = (byte) count;
            return index + 1;
        }
        packed[index] = (byte) (count | 0x80);
        packed[index + 1] = (byte) (count >>> 7);
        return index + 2;
    }

    private void readPiece(DataInput in) throws IOException {
        int length = in.readUnsignedShort();
        if (length > packed.length) {
            throw new IOException("zero runs: a piece of " + length + " bytes (expected: 0 to " + packed.length + ")");
        }
        in.readFully(packed, 0, length);
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
