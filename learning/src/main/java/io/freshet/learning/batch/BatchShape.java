package io.freshet.learning.batch;

/**
 * How the samples of a batch are packed.
 *
 * @param numbersAsRows whether the bias and the numbers stand among the rows, as in one table of all features
 * @param matrix numbers of a sample in the dense matrix, in one step of it for a sequence; 0 if they stand among the rows
 * @param steps of the longest sequence; 1 for single samples
 * @param fields hashed fields that are kept apart; 0 if they are all one
 * @param labelLength numbers of a label
 */
public record BatchShape(boolean numbersAsRows, int matrix, int steps, int fields, int labelLength) {
    /** The shape of a model that is one table of rows. */
    public static BatchShape rows(int labelLength) {
        return new BatchShape(true, 0, 1, 0, labelLength);
    }
}
