package io.freshet.learning.linalg;

import dev.ludovic.netlib.blas.BLAS;
import java.util.Arrays;

/**
 * The product of two dense matrices, row-major and of single precision, added to or put over a third.
 *
 * <pre>
 *   C = op(A) op(B) + beta C          op(X) is X or X transposed; op(A) is m x k, op(B) is k x n, C is m x n
 * </pre>
 *
 * A layer's forward pass on a batch is X W, its gradient X^T dY, and what it hands back dY W^T. A matrix lies anywhere in its array,
 * its rows at a fixed distance, so that weights and gradients of a layer are multiplied where they lie among all. Nothing is
 * copied and nothing allocated; while a product runs, the garbage collector waits for it: 1 to 2 ms for a layer of 784 x 512 and a batch of 256.
 *
 * <p>Each product runs on the thread that calls it, and any number may at once, as long as no region written is read or
 * written by another. On one kind of CPU equal shapes and numbers give equal bits, wherever the arrays lie; another shape, another CPU or
 * another OpenBLAS may round differently: a row of a batch need not have the bits that it has alone. {@code GemmTest} pins
 * all of this.
 *
 * @see <a href="https://www.netlib.org/blas/">BLAS, sgemm and sgemv</a>
 */
public final class Gemm {
    private Gemm() {}

    /**
     * Computes C = op(A) op(B) + beta C.
     *
     * @param transposeA whether op(A) is A transposed: A is then stored as k x m, otherwise as m x k
     * @param transposeB whether op(B) is B transposed: B is then stored as n x k, otherwise as k x n
     * @param m rows of op(A) and of C, at least 1
     * @param n columns of op(B) and of C, at least 1
     * @param k columns of op(A) and rows of op(B), at least 1
     * @param a holds A from {@code a[aAt]}, row by row, {@code lda} numbers from one row to the next
     * @param b holds B from {@code b[bAt]}, in the same way
     * @param beta 0 to overwrite C, whatever it holds; 1 to add to it
     * @param c holds C from {@code c[cAt]}, in the same way; may be the array of A or B if the regions are apart
     * @throws IllegalArgumentException if a matrix does not fit into its array
     * @throws IllegalStateException if OpenBLAS cannot be loaded here
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
        requireFit("a", a.length, aAt, "lda", lda, transposeA ? k : m, transposeA ? m : k);
        requireFit("b", b.length, bAt, "ldb", ldb, transposeB ? n : k, transposeB ? k : n);
        requireFit("c", c.length, cAt, "ldc", ldc, m, n);

        BLAS blas = OpenBlas.binding();
        // BLAS counts by columns: it sees every matrix transposed, and so computes C^T = op(B)^T op(A)^T.
        if (m == 1) {
            // A row times a matrix: no packing. Filled first, since 0 times NaN is NaN to some versions.
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

    /** Native code looks at no bounds. */
    private static void requireFit(
            String name, int length, int at, String strideName, int stride, int rows, int columns) {
        if (stride < columns) {
            throw new IllegalArgumentException(
                    strideName + ": " + stride + " (expected: >= " + columns + ", a row's length)");
        }
        if (at < 0) {
            throw new IllegalArgumentException(name + "At: " + at + " (expected: >= 0)");
        }
        long end = at + (rows - 1L) * stride + columns;
        if (end > length) {
            throw new IllegalArgumentException(name + ": " + length + " numbers (expected: >= " + end + ", for " + rows
                    + " x " + columns + " from " + at + ")");
        }
    }
}
