package io.freshet.learning.model;

/**
 * The layout of a batch.
 *
 * @param numbersAsRows whether the bias and the numbers are rows of the sparse matrix, for a model with one parameter
 *     table
 * @param matrix count of numbers in the dense matrix, per sample or per step of a sequence; 0 if numbers are rows
 * @param steps maximum length of a sequence; 1 for single samples
 * @param fields count of separated hashed fields; 0 if fields are not separated
 * @param labelLength count of numbers in a label
 */
public record BatchShape(boolean numbersAsRows, int matrix, int steps, int fields, int labelLength) {
    /** Returns the shape for a model with one parameter table. */
    public static BatchShape rows(int labelLength) {
        return new BatchShape(true, 0, 1, 0, labelLength);
    }

    /** Returns the count of numbers in the dense matrix per sample. */
    int matrixLength() {
        return Math.multiplyExact(matrix, steps);
    }
}
