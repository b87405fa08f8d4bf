package io.freshet.learning.linalg;

import java.util.Objects;

/**
 * Sums of magnitudes.
 *
 * @see <a href="https://www.netlib.org/blas/">BLAS, sasum</a>
 */
public final class Magnitudes {
    private Magnitudes() {}

    /**
     * Returns the sum of |x_i|, an upper bound on each. Added in an unspecified order, so only compare it; never learn
     * from it.
     *
     * @param x holds the numbers from {@code x[at]}
     * @param length number of numbers, at least 0
     * @return 0 if there are none; infinite or NaN if one of them is; infinite if the sum overflows
     * @throws IndexOutOfBoundsException if the numbers are not all in the array
     * @throws IllegalStateException if OpenBLAS cannot be loaded
     */
    public static float sum(float[] x, int at, int length) {
        // Native code does not check bounds.
        Objects.checkFromIndexSize(at, length, x.length);
        return OpenBlas.binding().sasum(length, x, at, 1);
    }
}
