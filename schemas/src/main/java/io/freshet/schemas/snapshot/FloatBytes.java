package io.freshet.schemas.snapshot;

import io.freshet.schemas.avro.MalformedRecordException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.zip.CRC32C;

/** Converts parameters to and from little-endian bytes, and computes their checksum. */
public final class FloatBytes {
    /** Floats converted at a time. */
    private static final int CHUNK = 1 << 14;

    private FloatBytes() {}

    /** Returns the bytes of {@code array[from, to)}. */
    public static ByteBuffer write(float[] array, int from, int to) {
        ByteBuffer bytes = ByteBuffer.allocate((to - from) * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(array, from, to - from);
        return bytes;
    }

    /** Reads all of {@code bytes} into {@code array}, starting at index {@code at}. */
    public static void read(ByteBuffer bytes, float[] array, int at) {
        bytes.duplicate()
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer()
                .get(array, at, bytes.remaining() / Float.BYTES);
    }

    /** @throws MalformedRecordException unless the bytes are exactly those of {@code parameters} floats */
    static void expect(long bytes, int parameters) throws MalformedRecordException {
        long expected = (long) parameters * Float.BYTES;
        if (bytes != expected) {
            throw new MalformedRecordException("parameters: " + bytes + " bytes (expected: " + expected + ")");
        }
    }

    /** Returns the CRC-32C of the bytes of all of {@code array}. */
    public static long checksum(float[] array) {
        CRC32C crc = new CRC32C();
        for (int at = 0; at < array.length; at += CHUNK) {
            crc.update(write(array, at, Math.min(at + CHUNK, array.length)));
        }
        return crc.getValue();
    }

    /** Returns the {@link #checksum} of {@code count} zeros, without as many zeros. */
    public static long checksumOfZeros(int count) {
        BlockChecksum chunk = BlockChecksum.of(ByteBuffer.allocate(CHUNK * Float.BYTES));
        List<BlockChecksum> parts = new ArrayList<>(Collections.nCopies(count / CHUNK, chunk));
        parts.add(BlockChecksum.of(ByteBuffer.allocate(count % CHUNK * Float.BYTES)));
        return BlockChecksum.combine(parts);
    }

    /** Returns a checksum as it is shown everywhere: eight hexadecimal digits. */
    public static String checksumText(long checksum) {
        return String.format(Locale.ROOT, "%08x", checksum);
    }
}
