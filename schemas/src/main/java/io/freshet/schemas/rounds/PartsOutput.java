package io.freshet.schemas.rounds;

import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Takes the bytes of a message where its records are sent: in parts, each with room before and after it. */
final class PartsOutput extends OutputStream {
    private static final int FIRST = 1 << 10;

    private final int before;
    private final int after;
    private final int largest;
    private final List<byte[]> full = new ArrayList<>();
    private byte[] last;
    /** Bytes in {@code last}, with the room before them. */
    private int size;

    /**
     * @param before bytes of room
     * @param after bytes of room
     * @param largest part, in bytes
     */
    PartsOutput(int before, int after, int largest) {
        this.before = before;
        this.after = after;
        this.largest = largest;
        last = new byte[before + FIRST];
        size = before;
    }

    @Override
    public void write(int one) {
        reserve(1);
        last[size++] = (byte) one;
    }

    @Override
    public void write(byte[] bytes, int from, int length) {
        int written = 0;
        while (written < length) {
            reserve(length - written);
            int count = Math.min(length - written, before + largest - size);
            System.arraycopy(bytes, from + written, last, size, count);
            size += count;
            written += count;
        }
    }

    /** Begins another part if the last one is full; otherwise, lets it grow for more bytes. */
    private void reserve(int more) {
        if (size == before + largest) {
            full.add(last);
            last = new byte[before + largest + after];
            size = before;
        }
        int needed = (int) Math.min((long) size + more, before + largest);
        if (needed > last.length - after) {
            int grown = Math.min(before + largest, Math.max(needed, 4 * last.length));
            last = Arrays.copyOf(last, grown + after);
        }
    }

    /** Returns the parts, at least one. The array of each has exactly the room before and after it. */
    List<ByteBuffer> parts() {
        List<ByteBuffer> parts = new ArrayList<>();
        for (byte[] each : full) {
            parts.add(ByteBuffer.wrap(each, before, largest));
        }
        byte[] end = last.length == size + after ? last : Arrays.copyOf(last, size + after);
        parts.add(ByteBuffer.wrap(end, before, size - before));
        return parts;
    }
}
