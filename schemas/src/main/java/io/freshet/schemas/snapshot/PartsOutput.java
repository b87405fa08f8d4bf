package io.freshet.schemas.snapshot;

import io.freshet.learning.learner.FloatOutput;
import java.io.DataOutputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Writes a message where its records are sent: in parts, each with room before and after it. */
final class PartsOutput extends DataOutputStream implements FloatOutput {
    private final Parts parts;

    /**
     * @param before bytes of room
     * @param after bytes of room
     * @param largest part, in bytes
     */
    PartsOutput(int before, int after, int largest) {
        this(new Parts(before, after, largest));
    }

    private PartsOutput(Parts parts) {
        super(parts);
        this.parts = parts;
    }

    @Override
    public void writeFloats(float[] array, int length) {
        int at = 0;
        while (at < length) {
            at += parts.writeWhole(array, at, length - at);
            if (at < length) {
                int bits = Float.floatToRawIntBits(array[at++]);
                for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
                    parts.write(bits >>> shift);
                }
            }
        }
    }

    /** Returns the parts, at least one. The array of each has exactly the room before and after it. */
    List<ByteBuffer> parts() {
        return parts.all();
    }

    private static final class Parts extends OutputStream {
        private static final int FIRST = 1 << 10;

        private final int before;
        private final int after;
        private final int largest;
        private final List<byte[]> full = new ArrayList<>();
        private byte[] last;
        /** Bytes in {@code last}, with the room before them. */
        private int size;

        Parts(int before, int after, int largest) {
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

        /** Writes floats until a part has no room for another; returns their number. */
        int writeWhole(float[] array, int from, int most) {
            int wanted = Math.min(most, largest / Float.BYTES);
            reserve(Float.BYTES * wanted);
            int count = Math.min(wanted, (before + largest - size) / Float.BYTES);
            ByteBuffer.wrap(last, size, count * Float.BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asFloatBuffer()
                    .put(array, from, count);
            size += count * Float.BYTES;
            return count;
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

        List<ByteBuffer> all() {
            List<ByteBuffer> parts = new ArrayList<>();
            for (byte[] each : full) {
                parts.add(ByteBuffer.wrap(each, before, largest));
            }
            byte[] end = last.length == size + after ? last : Arrays.copyOf(last, size + after);
            parts.add(ByteBuffer.wrap(end, before, size - before));
            return parts;
        }
    }
}
