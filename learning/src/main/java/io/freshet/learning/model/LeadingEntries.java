package io.freshet.learning.model;

import io.freshet.learning.features.Sample;
import io.freshet.learning.features.Standardizer;

/**
 * The entries of one sample before its hashed features, which are read in place: row 0, the bias, with value 1, and the
 * standardized numbers in the rows after it. For a model with one parameter table. Allocates only if the count of numbers
 * changes.
 */
public final class LeadingEntries {
    private static final int[] NO_INTS = {};
    private static final float[] NO_FLOATS = {};

    private int[] rows = NO_INTS;
    private float[] values = NO_FLOATS;

    /**
     * Replaces the entries by those of a sample.
     *
     * @param moments moments that include the sample only if it changes a label
     */
    public void set(Sample sample, Standardizer standardizer, double[] moments) {
        int count = 1 + sample.numeric().length + sample.dense().length;
        if (count != rows.length) {
            resize(count);
        }
        if (count > 1) {
            standardizer.write(moments, sample, values, 1);
        }
    }

    private void resize(int count) {
        rows = new int[count];
        values = new float[count];
        for (int row = 0; row < count; row++) {
            rows[row] = row;
        }
        values[0] = 1;
    }

    /** Returns the count of entries; 0 before the first sample. */
    public int count() {
        return rows.length;
    }

    /** Returns the row of each entry, from 0 on. */
    public int[] rows() {
        return rows;
    }

    /** Returns the value of each entry. */
    public float[] values() {
        return values;
    }
}
