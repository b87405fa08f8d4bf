package io.freshet.learning.predict;

import io.freshet.learning.model.Batch;
import io.freshet.learning.model.Parameters;

/** The array that a network reads: all parameters, or of a table in blocks, only the rows of a batch. Not thread-safe. */
final class NetworkState {
    private final int width;
    private float[] touched = {};
    private int[] rows = {};
    private boolean isTouched;

    /** @param width parameters of a row */
    NetworkState(int width) {
        this.width = width;
    }

    /**
     * Returns the array that the network reads; valid until the next call. Of a table in blocks, these are only the rows of the
     * batch's entries, in their order, and the batch then refers to these.
     */
    float[] read(Parameters parameters, Batch batch) {
        isTouched = parameters.isSplit();
        if (!isTouched) {
            return parameters.toArray();
        }
        int entries = batch.to(batch.size() - 1);
        if (rows.length < entries) {
            rows = new int[entries];
            touched = new float[entries * width];
        }
        System.arraycopy(batch.rows(), 0, rows, 0, entries);
        parameters.copyRows(rows, entries, width, touched);
        for (int i = 0; i < entries; i++) {
            batch.rows()[i] = i;
        }
        return touched;
    }

    /** Returns the row of the table that is row {@code i} of the last array. */
    int row(int i) {
        return isTouched ? rows[i] : i;
    }
}
