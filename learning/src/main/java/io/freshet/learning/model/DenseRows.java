package io.freshet.learning.model;

import java.util.Arrays;

/**
 * The dense matrix of a batch: a row per sample or per step of a sequence. Shorter sequences are padded with zeros, so
 * every sample has the same length.
 */
final class DenseRows {
    private static final float[] NO_FLOATS = {};

    private final int sampleLength;
    private float[] matrix = NO_FLOATS;

    DenseRows(BatchShape shape) {
        sampleLength = shape.matrixLength();
    }

    void reserve(int samples) {
        matrix = Arrays.copyOf(matrix, Math.multiplyExact(samples, sampleLength));
    }

    float[] matrix() {
        return matrix;
    }

    int from(int i) {
        return i * sampleLength;
    }

    /** Fills the row or rows of a sample after its numbers, which are written later. */
    void pad(int i, int numbers) {
        Arrays.fill(matrix, from(i) + numbers, from(i + 1), 0);
    }

    void set(int i, float[] numbers) {
        System.arraycopy(numbers, 0, matrix, from(i), numbers.length);
    }

    /** Returns a copy of the numbers of a sample. */
    float[] get(int i) {
        return Arrays.copyOfRange(matrix, from(i), from(i + 1));
    }

    long bytes() {
        return (long) Float.BYTES * matrix.length;
    }
}
