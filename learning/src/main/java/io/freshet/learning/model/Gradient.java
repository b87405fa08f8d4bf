package io.freshet.learning.model;

import java.util.Arrays;

/**
 * The gradient of one update: the touched rows of a table, each once, in the order first touched, and all dense
 * parameters after the table.
 *
 * <p>Reused from update to update; arrays grow to the largest update.
 */
public final class Gradient {
    private final int width;
    private final int tableRows;
    private final int denseFrom;
    private final float[] dense;
    /** True if {@link #dense} holds stale numbers, since nothing was added yet. */
    private boolean denseEmpty;

    private int[] rows = new int[64];
    /** Zero from {@code count * width} on. */
    private float[] values;

    private int count;
    /** The position of each row of the table in {@link #rows}; allocated on first use, and stale for untouched rows. */
    private int[] places = {};

    /** True if {@link #places} is incomplete. */
    private boolean unplaced = true;

    /** True if rows and values are those of one sample in its batch, not yet multiplied by {@link #factor}. */
    private boolean isProduct;

    private int[] sampleRows = rows;
    private float[] sampleValues = {};
    private int sampleFrom;
    private float factor;

    /**
     * @param width coordinates in a row of the table
     * @param tableRows rows of the table; 0 without a table
     * @param denseFrom index of the first parameter after the table
     * @param denseLength number of parameters after the table
     */
    public Gradient(int width, int tableRows, int denseFrom, int denseLength) {
        this.width = width;
        this.tableRows = tableRows;
        this.denseFrom = denseFrom;
        dense = new float[denseLength];
        values = new float[rows.length * width];
    }

    /** Returns the gradient of a model that is one table. */
    public static Gradient ofRows(int width, int tableRows) {
        return new Gradient(width, tableRows, 0, 0);
    }

    /** Returns the gradient of a model without a table. */
    public static Gradient ofDense(int length) {
        return new Gradient(1, 0, 0, length);
    }

    /** Sets the gradient to 0. */
    public void clear() {
        if (!isProduct) {
            Arrays.fill(values, 0, count * width, 0);
        }
        isProduct = false;
        count = 0;
        denseEmpty = true;
    }

    /**
     * Prepares the dense part for a chunk of samples; the first chunk overwrites it, which saves a pass that sets it to
     * 0.
     *
     * @return beta, as in matrix products: 0 if the chunk must overwrite every number of {@link #dense}, 1 if it must
     *     add
     */
    public float openDense() {
        float beta = denseEmpty ? 0 : 1;
        denseEmpty = false;
        return beta;
    }

    /**
     * Sets the gradient to that of one sample, {@code factor * terms}. The gradient must be empty, each row distinct,
     * and the table one coordinate wide. Copies and multiplies nothing until rows or values are read; the batch must
     * not change.
     */
    public void setProduct(int[] touched, float[] terms, int from, int entries, float factor) {
        isProduct = true;
        unplaced = true;
        // Each reference written costs a garbage-collector barrier, and these rarely change.
        if (sampleRows != touched || sampleValues != terms) {
            sampleRows = touched;
            sampleValues = terms;
        }
        sampleFrom = from;
        this.factor = factor;
        count = entries;
    }

    private void multiplyOut() {
        if (!isProduct) {
            return;
        }
        isProduct = false;
        int entries = count;
        count = 0;
        set(sampleRows, sampleFrom, entries);
        for (int i = 0; i < entries; i++) {
            // Adding to 0, as sums do, turns -0 into 0.
            values[i] = 0 + factor * sampleValues[sampleFrom + i];
        }
    }

    /** Sets distinct rows, whose values the caller must then write, all of them. */
    public void set(int[] touched, int from, int entries) {
        reserve(entries);
        System.arraycopy(touched, from, rows, 0, entries);
        count = entries;
        unplaced = true;
    }

    /** Appends rows [from, to), which are distinct and absent, with {@code factor * terms}. */
    public void append(int[] touched, float[] terms, int from, int to, float factor) {
        reserve(to - from);
        for (int i = from; i < to; i++) {
            rows[count] = touched[i];
            // Adding to 0, as sums do, turns -0 into 0.
            values[count++] = 0 + factor * terms[i];
        }
        unplaced = true;
    }

    /** Reserves space for {@code entries} more rows. */
    public void reserve(int entries) {
        int required = Math.min(count + entries, Math.max(tableRows, entries));
        if (required <= rows.length) {
            return;
        }
        int capacity = Integer.highestOneBit(required - 1) << 1;
        rows = Arrays.copyOf(rows, capacity);
        values = Arrays.copyOf(values, capacity * width);
    }

    /** Returns the index of the first value of a row; adds the row if it is absent, for which space must be reserved. */
    public int at(int row) {
        if (unplaced) {
            place();
        }
        int place = places[row];
        // A stale place may point anywhere, so check that the row is there.
        if (rows[place] != row || place >= count) {
            place = count++;
            rows[place] = row;
            places[row] = place;
        }
        return place * width;
    }

    private void place() {
        multiplyOut();
        if (places.length < tableRows) {
            places = new int[tableRows];
        }
        for (int i = 0; i < count; i++) {
            places[rows[i]] = i;
        }
        unplaced = false;
    }

    /** Returns the largest magnitude of any component; infinite if one is NaN. */
    public float largestMagnitude() {
        return Math.max(largest(values(), count * width), largest(dense(), dense.length));
    }

    private static float largest(float[] numbers, int length) {
        float largest = 0;
        for (int i = 0; i < length; i++) {
            float magnitude = Math.abs(numbers[i]);
            largest = magnitude <= largest ? largest : Float.isNaN(magnitude) ? Float.POSITIVE_INFINITY : magnitude;
        }
        return largest;
    }

    /** Returns the number of coordinates in a row. */
    public int width() {
        return width;
    }

    /** Returns the touched rows, of which the first {@link #count} are valid. */
    public int[] rows() {
        multiplyOut();
        return rows;
    }

    public int count() {
        return count;
    }

    /** Returns the values: row i has [i * width, (i + 1) * width). */
    public float[] values() {
        multiplyOut();
        return values;
    }

    /**
     * Returns the values of {@link #factoredRows} before multiplication by {@link #factor}, for a table one coordinate
     * wide; both start at {@link #factoredFrom}.
     */
    public float[] factored() {
        return isProduct ? sampleValues : values;
    }

    public int[] factoredRows() {
        return isProduct ? sampleRows : rows;
    }

    public int factoredFrom() {
        return isProduct ? sampleFrom : 0;
    }

    public float factor() {
        return isProduct ? factor : 1;
    }

    /** Returns the index of the first dense parameter. */
    public int denseFrom() {
        return denseFrom;
    }

    /** Returns the number of dense parameters. */
    public int denseLength() {
        return dense.length;
    }

    /** Returns the gradient of the dense parameters; length 0 if there are none. */
    public float[] dense() {
        if (denseEmpty) {
            Arrays.fill(dense, 0);
            denseEmpty = false;
        }
        return dense;
    }
}
