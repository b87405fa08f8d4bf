package io.freshet.schemas.snapshot;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * The CRC-32C of a part of the parameters. The checksum of the whole follows from those of its parts, without reading them
 * again.
 *
 * <pre>
 *   crc(A B) = crc(A) * x^(8 |B|) + crc(B)         polynomials over GF(2), modulo that of CRC-32C
 * </pre>
 *
 * Bits are reflected: the highest bit is the coefficient of x^0. Pinned by {@code BlockChecksumTest}.
 *
 * @param crc CRC-32C
 * @param bytes length of the part
 */
record BlockChecksum(long crc, int bytes) {
    private static final int POLYNOMIAL = 0x82f63b78;
    private static final int ONE = 1 << 31;
    private static final int X = 1 << 30;

    static BlockChecksum of(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.duplicate());
        return new BlockChecksum(crc.getValue(), bytes.remaining());
    }

    /** Returns the CRC-32C of all parts, one after the other. */
    static long combine(List<BlockChecksum> parts) {
        int all = 0;
        int length = 0;
        int shift = ONE;
        for (BlockChecksum part : parts) {
            // All blocks but the last have one length. Nothing precedes the first.
            if (all != 0 && part.bytes != length) {
                length = part.bytes;
                shift = power(8L * length);
            }
            all = multiply(all, shift) ^ (int) part.crc;
        }
        return Integer.toUnsignedLong(all);
    }

    /** Returns x^n. */
    private static int power(long n) {
        int result = ONE;
        int square = X;
        for (long rest = n; rest > 0; rest >>= 1) {
            if ((rest & 1) == 1) {
                result = multiply(result, square);
            }
            square = multiply(square, square);
        }
        return result;
    }

    private static int multiply(int a, int b) {
        int product = 0;
        int shifted = b;
        for (int bit = 31; bit >= 0; bit--) {
            if ((a >>> bit & 1) == 1) {
                product ^= shifted;
            }
            shifted = (shifted & 1) == 1 ? shifted >>> 1 ^ POLYNOMIAL : shifted >>> 1;
        }
        return product;
    }
}
