package io.freshet.learning.features;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * MurmurHash3, the 32-bit variant for x86 ({@code MurmurHash3_x86_32}), over bytes in place.
 *
 * <p>The hash of a feature selects its parameters in the trainer, the server, and stored snapshots, so it must never
 * change. Pinned by {@code MurmurHash3Test} to the published test vectors.
 *
 * @see <a href="https://github.com/aappleby/smhasher/blob/master/src/MurmurHash3.cpp">Appleby, reference code</a>
 */
public final class MurmurHash3 {
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int C1 = 0xcc9e2d51;
    private static final int C2 = 0x1b873593;

    private MurmurHash3() {}

    /** Returns the hash of the UTF-8 bytes of {@code text}. */
    public static int hash(String text, int seed) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return hash(bytes, 0, bytes.length, seed);
    }

    /** Returns the hash of {@code bytes[from, to)}. */
    public static int hash(byte[] bytes, int from, int to, int seed) {
        int h = seed;
        int i = from;
        for (; i + 4 <= to; i += 4) {
            h = Integer.rotateLeft(h ^ scramble((int) INT.get(bytes, i)), 13) * 5 + 0xe6546b64;
        }
        if (i < to) {
            int tail = 0;
            for (int shift = 0; i < to; i++, shift += 8) {
                tail |= (bytes[i] & 0xff) << shift;
            }
            h ^= scramble(tail);
        }
        return finish(h ^ (to - from));
    }

    /** Returns the hash of the four little-endian bytes of {@code value}. */
    public static int hash(int value, int seed) {
        return finish((Integer.rotateLeft(seed ^ scramble(value), 13) * 5 + 0xe6546b64) ^ 4);
    }

    private static int scramble(int k) {
        return Integer.rotateLeft(k * C1, 15) * C2;
    }

    private static int finish(int hash) {
        int h = (hash ^ (hash >>> 16)) * 0x85ebca6b;
        h = (h ^ (h >>> 13)) * 0xc2b2ae35;
        return h ^ (h >>> 16);
    }
}
