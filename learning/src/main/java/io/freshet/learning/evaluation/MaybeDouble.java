package io.freshet.learning.evaluation;

import org.jspecify.annotations.Nullable;

/**
 * A number or null in the bits of a double. A server holds the metrics of every key, and a {@code Double} takes 20 bytes
 * more.
 */
final class MaybeDouble {
    /** A NaN that no calculation returns. */
    private static final long NULL = 0x7ff8_6e75_6c6c_0000L;

    private MaybeDouble() {}

    static double of(@Nullable Double value) {
        return value == null ? Double.longBitsToDouble(NULL) : value;
    }

    static @Nullable Double get(double value) {
        return Double.doubleToRawLongBits(value) == NULL ? null : (Double) value;
    }
}
