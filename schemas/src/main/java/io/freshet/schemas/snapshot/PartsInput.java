package io.freshet.schemas.snapshot;

import io.freshet.learning.learner.FloatInput;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** Reads a message from its parts, where they are. */
final class PartsInput extends DataInputStream implements FloatInput {
    private final Parts parts;

    /** @param parts of the message; their positions do not change */
    PartsInput(List<ByteBuffer> parts) {
        this(new Parts(parts));
    }

    private PartsInput(Parts parts) {
        super(parts);
        this.parts = parts;
    }

    @Override
    public void readFloats(float[] array, int from, int count) throws EOFException {
        int at = from;
        while (at < from + count) {
            ByteBuffer part = parts.current();
            int whole = Math.min(from + count - at, part.remaining() / Float.BYTES);
            if (whole == 0) {
                array[at++] = Float.intBitsToFloat(parts.readLittleEndian());
            } else {
                part.asFloatBuffer().get(array, at, whole);
                part.position(part.position() + whole * Float.BYTES);
                at += whole;
            }
        }
    }

    private static final class Parts extends InputStream {
        private static final ByteBuffer END = ByteBuffer.allocate(0);

        private final List<ByteBuffer> parts;
        private int next;
        private ByteBuffer current = END;

        Parts(List<ByteBuffer> parts) {
            this.parts = parts;
        }

        /** Returns the part with the next byte; an empty one at the end. */
        ByteBuffer current() {
            while (!current.hasRemaining() && next < parts.size()) {
                current = parts.get(next++).duplicate().order(ByteOrder.LITTLE_ENDIAN);
            }
            return current;
        }

        /** Reads a number that may be in two parts. */
        int readLittleEndian() throws EOFException {
            int bits = 0;
            for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
                int one = read();
                if (one < 0) {
                    throw new EOFException("message: ends within a number (expected: all its numbers)");
                }
                bits |= one << shift;
            }
            return bits;
        }

        @Override
        public int available() {
            int available = current.remaining();
            for (int i = next; i < parts.size(); i++) {
                available += parts.get(i).remaining();
            }
            return available;
        }

        @Override
        public int read() {
            ByteBuffer part = current();
            return part.hasRemaining() ? part.get() & 0xff : -1;
        }

        @Override
        public int read(byte[] bytes, int from, int length) {
            if (length == 0) {
                return 0;
            }
            ByteBuffer part = current();
            int count = Math.min(length, part.remaining());
            part.get(bytes, from, count);
            return count == 0 ? -1 : count;
        }
    }
}
