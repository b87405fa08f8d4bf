package io.freshet.learning.linalg;

import java.util.Objects;

/**
 * The magnitudes of many numbers.
 *
 * @see <a href="https://www.netlib.org/blas/">BLAS, sasum</a>
 */
public final class Magnitudes {
    private Magnitudes() {}

    /**
     * Returns the sum of |x_i|, which none of them exceeds: in any order, and so to be compared, not learned from.
     *
     * @param x holds the numbers from {@code x[at]}
     * @param length how many, at least 0
     * @return 0 if there are none; infinite or not a number if one of them is, or if no float holds the sum
     * @throws IndexOutOfBoundsException if they are not all in the array
     * @throws IllegalStateException if OpenBLAS cannot be loaded here
     */
    public static float sum(float[] x, int at, int length) {
        // Native code looks at no bounds.
        Objects.checkFromIndexSize(at, length, x.length);
        return OpenBlas.binding().sasum(length, x, at, 1);
    }
}
