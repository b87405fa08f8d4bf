package io.freshet.learning.math;

import java.util.Objects;

/**
 * Sums of absolute values.
 *
 * @see <a href="https://www.netlib.org/blas/">BLAS, sasum</a>
 */
public final class Magnitudes {
    private Magnitudes() {}

    /**
     * Returns the sum of |x_i|, an upper bound of each. The order of the additions is unspecified, so use the sum only
     * for comparisons, never for learning.
     *
     * @param x holds the numbers from {@code x[at]}
     * @param length count of numbers, at least 0
     * @return 0 for no numbers; infinite or NaN if a number is; infinite if the sum overflows
     * @throws IndexOutOfBoundsException if the range exceeds the array
     * @throws IllegalStateException if OpenBLAS cannot be loaded
     */
    public static float sum(float[] x, int at, int length) {
        // Native code does not check bounds.
        Objects.checkFromIndexSize(at, length, x.length);
        return OpenBlas.binding().sasum(length, x, at, 1);
    }
}
