package io.freshet.learning.model;

/** Matrix products by plain loops. */
final class Gemm {
    private Gemm() {}

    /** C = op(A) op(B) + beta C; op(A) is m x k, op(B) k x n. */
    static void multiply(
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
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < n; j++) {
                float sum = 0;
                for (int l = 0; l < k; l++) {
                    sum += a[aAt + (transposeA ? l * lda + i : i * lda + l)]
                            * b[bAt + (transposeB ? j * ldb + l : l * ldb + j)];
                }
                int at = cAt + i * ldc + j;
                c[at] = beta == 0 ? sum : sum + beta * c[at];
            }
        }
    }
}
