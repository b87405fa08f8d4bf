package io.freshet.learning.math;

import dev.ludovic.netlib.blas.BLAS;
import java.util.Arrays;

/**
 * The product of two dense row-major float32 matrices, which overwrites a third matrix or is added to it.
 *
 * <pre>
 *   C = op(A) op(B) + beta C          op(X) is X or X transposed; op(A) is m x k, op(B) is k x n, C is m x n
 * </pre>
 *
 * A layer's forward pass on a batch is X W, its gradient X^T dY, and the gradient of its inputs dY W^T. A matrix can
 * start anywhere in its array, with a fixed stride between rows, so the weights of a layer are multiplied in place.
 * Nothing is copied or allocated. A product delays garbage collection: by 1 to 2 ms for a layer of 784 x 512 and a
 * batch of 256.
 *
 * <p>A product runs on the calling thread. Products may run concurrently unless one writes a region that another reads
 * or writes. On one kind of CPU, equal shapes and numbers give equal bits, regardless of memory alignment. Another
 * shape, CPU, or version of OpenBLAS may round differently, so a row may have other bits in a batch than alone. Pinned
 * by {@code GemmTest}.
 *
 * @see <a href="https://www.netlib.org/blas/">BLAS, sgemm and sgemv</a>
 */
public final class Gemm {
    private Gemm() {}

    /**
     * Loads OpenBLAS, so that a network that needs it fails when it is created, before it changes a state.
     *
     * @throws IllegalStateException if OpenBLAS cannot be loaded
     */
    public static void load() {
        OpenBlas.binding();
    }

    /**
     * Computes C = op(A) op(B) + beta C, with the parameters of BLAS.
     *
     * @param transposeA whether op(A) is A transposed; A is then stored as k x m, otherwise as m x k
     * @param transposeB whether op(B) is B transposed; B is then stored as n x k, otherwise as k x n
     * @param m rows of op(A) and of C, at least 1
     * @param n columns of op(B) and of C, at least 1
     * @param k columns of op(A) and rows of op(B), at least 1
     * @param a holds A from {@code a[aAt]}, row by row, with a stride of {@code lda} numbers between rows
     * @param b holds B from {@code b[bAt]}, in the same way
     * @param beta 0 to overwrite C, even if it contains NaN; 1 to add to it
     * @param c holds C from {@code c[cAt]}, in the same way; may be the array of A or B if the regions do not overlap
     * @throws IllegalArgumentException if a matrix does not fit in its array
     * @throws IllegalStateException if OpenBLAS cannot be loaded
     */
    public static void multiply(
            boolean transposeA,
            boolean transposeB,
            int m,
            int n,
            int k,
            float[] a,
            int aAt,
            int lda,
            float[] b,
            int bAt,
            int ldb,
            float beta,
            float[] c,
            int cAt,
            int ldc) {
        requirePositive("m", m);
        requirePositive("n", n);
        requirePositive("k", k);
        requireFit("a", a, aAt, lda, transposeA ? k : m, transposeA ? m : k);
        requireFit("b", b, bAt, ldb, transposeB ? n : k, transposeB ? k : n);
        requireFit("c", c, cAt, ldc, m, n);

        BLAS blas = OpenBlas.binding();
        // BLAS is column-major: it sees every matrix transposed, and so computes C^T = op(B)^T op(A)^T.
        if (m == 1) {
            // sgemv skips the packing of sgemm. Fill C first, since some versions compute 0 * NaN.
            if (beta == 0) {
                Arrays.fill(c, cAt, cAt + n, 0);
            }
            blas.sgemv(
                    transposeB ? "T" : "N",
                    transposeB ? k : n,
                    transposeB ? n : k,
                    1,
                    b,
                    bAt,
                    ldb,
                    a,
                    aAt,
                    transposeA ? lda : 1,
                    beta == 0 ? 1 : beta,
                    c,
                    cAt,
                    1);
        } else {
            blas.sgemm(
                    transposeB ? "T" : "N",
                    transposeA ? "T" : "N",
                    n,
                    m,
                    k,
                    1,
                    b,
                    bAt,
                    ldb,
                    a,
                    aAt,
                    lda,
                    beta,
                    c,
                    cAt,
                    ldc);
        }
    }

    private static void requirePositive(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: >= 1)");
        }
    }

    /** Native code does not check bounds. */
    private static void requireFit(String name, float[] array, int at, int stride, int rows, int columns) {
        if (stride < columns) {
            throw new IllegalArgumentException(
                    "ld" + name + ": " + stride + " (expected: >= " + columns + ", a row's length)");
        }
        if (at < 0) {
            throw new IllegalArgumentException(name + "At: " + at + " (expected: >= 0)");
        }
        long end = at + (rows - 1L) * stride + columns;
        if (end > array.length) {
            throw new IllegalArgumentException(name + ": " + array.length + " numbers (expected: >= " + end + ", for "
                    + rows + " x " + columns + " from " + at + ")");
        }
    }
}
