package io.freshet.learning.math;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;

/** One call of {@link Gemm} with its three matrices, checked against a plain loop. */
record Product(boolean transposeA, boolean transposeB, int m, int n, int k, Matrix a, Matrix b, float beta, Matrix c) {

    /** A matrix that starts at {@code at}, with a stride of {@code stride} numbers between rows. */
    record Matrix(float[] numbers, int at, int stride, int rows, int columns) {
        static Matrix of(int rows, int columns, int at, int stride, SplittableRandom random) {
            float[] numbers = new float[at + rows * stride + 3];
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] = (float) random.nextDouble(-1, 1);
            }
            return new Matrix(numbers, at, stride, rows, columns);
        }

        double get(int row, int column) {
            return numbers[at + row * stride + column];
        }

        boolean holds(int index) {
            int from = index - at;
            return from >= 0 && from / stride < rows && from % stride < columns;
        }

        Matrix movedBy(int shift) {
            float[] moved = new float[numbers.length + shift];
            System.arraycopy(numbers, 0, moved, shift, numbers.length);
            return new Matrix(moved, at + shift, stride, rows, columns);
        }

        @Override
        public String toString() {
            return rows + "x" + columns + "@" + at + "/" + stride;
        }
    }

    static Product random(boolean transposeA, boolean transposeB, int m, SplittableRandom random) {
        int n = 1 + random.nextInt(140);
        int k = 1 + random.nextInt(900);
        Matrix a = random(transposeA ? k : m, transposeA ? m : k, random);
        Matrix b = random(transposeB ? n : k, transposeB ? k : n, random);
        return new Product(transposeA, transposeB, m, n, k, a, b, random.nextInt(2), random(m, n, random));
    }

    /** Returns a product of contiguous matrices. */
    static Product of(
            boolean transposeA, boolean transposeB, int m, int n, int k, float beta, SplittableRandom random) {
        int aColumns = transposeA ? m : k;
        int bColumns = transposeB ? k : n;
        Matrix a = Matrix.of(transposeA ? k : m, aColumns, 0, aColumns, random);
        Matrix b = Matrix.of(transposeB ? n : k, bColumns, 0, bColumns, random);
        return new Product(transposeA, transposeB, m, n, k, a, b, beta, Matrix.of(m, n, 0, n, random));
    }

    private static Matrix random(int rows, int columns, SplittableRandom random) {
        return Matrix.of(rows, columns, random.nextInt(40), columns + random.nextInt(5), random);
    }

    Product movedBy(int shift) {
        return new Product(
                transposeA, transposeB, m, n, k, a.movedBy(shift), b.movedBy(2 * shift), beta, c.movedBy(3 * shift));
    }

    /** Returns C row by row, without the gaps between its rows. */
    float[] result() {
        float[] written = multiply();
        float[] result = new float[m * n];
        for (int i = 0; i < m; i++) {
            System.arraycopy(written, c.at + i * c.stride, result, i * n, n);
        }
        return result;
    }

    /** Compares within 1e-5 of the sum of the absolute terms, which is free of cancellation. */
    void check(String description) {
        float[] written = multiply();
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < n; j++) {
                double sum = beta * c.get(i, j);
                double norm = Math.abs(sum);
                for (int p = 0; p < k; p++) {
                    double term = (transposeA ? a.get(p, i) : a.get(i, p)) * (transposeB ? b.get(j, p) : b.get(p, j));
                    sum += term;
                    norm += Math.abs(term);
                }
                assertThat(Math.abs(written[c.at + i * c.stride + j] - sum))
                        .as("%s, row %d, column %d: %s", description, i, j, sum)
                        .isLessThanOrEqualTo(1e-5 * norm);
            }
        }
        for (int i = 0; i < written.length; i++) {
            if (!c.holds(i)) {
                assertThat(written[i]).as("%s, outside C at %d", description, i).isEqualTo(c.numbers[i]);
            }
        }
    }

    private float[] multiply() {
        float[] written = c.numbers.clone();
        Gemm.multiply(
                transposeA,
                transposeB,
                m,
                n,
                k,
                a.numbers,
                a.at,
                a.stride,
                b.numbers,
                b.at,
                b.stride,
                beta,
                written,
                c.at,
                c.stride);
        return written;
    }

    @Override
    public String toString() {
        return "%dx%dx%d, A%s %s, B%s %s, C %s, beta %s"
                .formatted(m, n, k, transposeA ? "^T" : "", a, transposeB ? "^T" : "", b, c, beta);
    }
}
