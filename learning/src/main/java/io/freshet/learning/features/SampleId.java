package io.freshet.learning.features;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The 128-bit hash of a sample's id: {@code MurmurHash3_x64_128} of its UTF-8 bytes. The seed is the epoch, because
 * every pass over a bounded input sends the same ids.
 *
 * <p>The probability of a collision among n ids is about n^2 / 2^129, or 10^-21 for 10^9 ids. Checkpoints contain these
 * hashes, so they must never change. Pinned by {@code SampleIdTest} to the reference code's own check.
 *
 * @param high the first eight bytes of the hash, little-endian
 * @param low the last eight bytes of the hash, little-endian
 * @see <a href="https://github.com/aappleby/smhasher/blob/master/src/MurmurHash3.cpp">Appleby, reference code</a>
 */
public record SampleId(long high, long low) {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long C1 = 0x87c37b91114253d5L;
    private static final long C2 = 0x4cf5ad432745937fL;

    /** Returns the hash of the id {@code bytes[from, to)} in an epoch. */
    public static SampleId of(byte[] bytes, int from, int to, int epoch) {
        long h1 = epoch & 0xffff_ffffL;
        long h2 = h1;
        int i = from;
        for (; i + 16 <= to; i += 16) {
            h1 = (Long.rotateLeft(h1 ^ scramble1((long) LONG.get(bytes, i)), 27) + h2) * 5 + 0x52dce729;
            h2 = (Long.rotateLeft(h2 ^ scramble2((long) LONG.get(bytes, i + 8)), 31) + h1) * 5 + 0x38495ab5;
        }
        h2 ^= scramble2(tail(bytes, i + 8, to));
        h1 ^= scramble1(tail(bytes, i, Math.min(i + 8, to)));
        h1 ^= to - from;
        h2 ^= to - from;
        h1 += h2;
        h2 += h1;
        h1 = finish(h1);
        h2 = finish(h2);
        h1 += h2;
        return new SampleId(h1, h2 + h1);
    }

    /** Returns another hash of the same id for each later epoch of a run that keeps its samples in memory. */
    public SampleId inEpoch(int epoch) {
        return epoch == 0 ? this : new SampleId(high ^ finish(epoch), low);
    }

    /** Returns up to eight bytes as a little-endian number; 0 if there are none. */
    private static long tail(byte[] bytes, int from, int to) {
        long number = 0;
        for (int i = from; i < to; i++) {
            number |= (bytes[i] & 0xffL) << 8 * (i - from);
        }
        return number;
    }

    private static long scramble1(long k) {
        return Long.rotateLeft(k * C1, 31) * C2;
    }

    private static long scramble2(long k) {
        return Long.rotateLeft(k * C2, 33) * C1;
    }

    private static long finish(long hash) {
        long h = (hash ^ (hash >>> 33)) * 0xff51afd7ed558ccdL;
        h = (h ^ (h >>> 33)) * 0xc4ceb9fe1a85ec53L;
        return h ^ (h >>> 33);
    }
}
