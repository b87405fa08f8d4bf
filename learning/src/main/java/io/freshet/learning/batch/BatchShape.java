package io.freshet.learning.batch;

/**
 * How the samples of a batch are packed.
 *
 * @param numbersAsRows whether the bias and the numbers are rows of the sparse matrix, as in one table of all features
 * @param matrix numbers of a sample in the dense matrix, or of each step of a sequence; 0 if numbers are rows
 * @param steps of the longest sequence; 1 for single samples
 * @param fields hashed fields that are separated; 0 if they are not
 * @param labelLength numbers of a label
 */
public record BatchShape(boolean numbersAsRows, int matrix, int steps, int fields, int labelLength) {
    /** Returns the shape for a model whose parameters are one table of rows. */
    public static BatchShape rows(int labelLength) {
        return new BatchShape(true, 0, 1, 0, labelLength);
    }

    /** Returns the length of a sample's part of the dense matrix. */
    int matrixLength() {
        return matrix * steps;
    }
}
