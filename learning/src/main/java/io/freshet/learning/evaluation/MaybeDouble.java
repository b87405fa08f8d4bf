package io.freshet.learning.evaluation;

import org.jspecify.annotations.Nullable;

/**
 * A number or null as the bits of a double. A server holds the metrics of every key, and a {@code Double} takes 20 bytes
 * more.
 */
final class MaybeDouble {
    /** A NaN that no calculation returns. */
    private static final long NULL = 0x7ff8_6e75_6c6c_0000L;

    private MaybeDouble() {}

    static long of(@Nullable Double value) {
        return value == null ? NULL : Double.doubleToRawLongBits(value);
    }

    static @Nullable Double get(long bits) {
        return bits == NULL ? null : (Double) Double.longBitsToDouble(bits);
    }
}
