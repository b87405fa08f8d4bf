package io.freshet.learning.parameters;

import java.util.Arrays;

/**
 * The gradient of one update: of a table, the rows that are touched, each once, in the order first touched; and of the
 * dense parameters behind the table, all of them.
 *
 * <p>Made once for a learner and filled again for each update; grows to the largest update and no further.
 */
public final class Gradient {
    private final int width;
    private final int tableRows;
    private final int denseFrom;
    private final float[] dense;
    /** Whether nothing was added to {@link #dense} yet, which then still holds what it held before. */
    private boolean denseEmpty;

    private int[] rows = new int[64];
    /** 0 from {@code count * width} on. */
    private float[] values;

    private int count;
    /** Where a row of the table may be found; made when first asked for, a number for each row. */
    private int[] places = {};

    /** Whether there are rows that {@link #places} does not know. */
    private boolean unplaced = true;

    /** Whether the rows are those of one sample, still in its batch, and their values not multiplied by {@link #factor}. */
    private boolean isProduct;

    private int[] sampleRows = rows;
    private float[] sampleValues = {};
    private int sampleFrom;
    private float factor;

    /**
     * @param width coordinates in a row of the table
     * @param tableRows rows of the table, or 0
     * @param denseFrom index of the first parameter behind the table
     * @param denseLength parameters behind the table
     */
    public Gradient(int width, int tableRows, int denseFrom, int denseLength) {
        this.width = width;
        this.tableRows = tableRows;
        this.denseFrom = denseFrom;
        dense = new float[denseLength];
        values = new float[rows.length * width];
    }

    /** The gradient of a model that is one table. */
    public static Gradient ofRows(int width, int tableRows) {
        return new Gradient(width, tableRows, 0, 0);
    }

    /** The gradient of a model without a table. */
    public static Gradient ofDense(int length) {
        return new Gradient(1, 0, 0, length);
    }

    /** Makes all of it 0. */
    public void clear() {
        if (!isProduct) {
            Arrays.fill(values, 0, count * width, 0);
        }
        isProduct = false;
        count = 0;
        denseEmpty = true;
    }

    /**
     * Opens the dense part to those who add to it next, once for each chunk of samples; spares what is written first a
     * pass to make it 0.
     *
     * @return 0 if nothing is there yet, so that every number of {@link #dense} is to be overwritten; 1 if more is to be
     *     added to each
     */
    public float openDense() {
        float kept = denseEmpty ? 0 : 1;
        denseEmpty = false;
        return kept;
    }

    /**
     * Takes the gradient of one sample, {@code ofOutput * values}, each row there once; of a table of one coordinate a row,
     * with nothing in it yet. Copies and multiplies nothing until it is asked for rows or values; the batch must stay.
     */
    public void setProduct(int[] touched, float[] terms, int from, int entries, float ofOutput) {
        isProduct = true;
        unplaced = true;
        // The collector takes note of every reference written, and those of a batch are nearly always the same.
        if (sampleRows != touched || sampleValues != terms) {
            sampleRows = touched;
            sampleValues = terms;
        }
        sampleFrom = from;
        factor = ofOutput;
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
            // Added to 0 as any sum is, so that a negative zero comes out the same.
            values[i] = 0 + factor * sampleValues[sampleFrom + i];
        }
    }

    /** Takes {@code entries} rows, each there once, whose values the caller writes, every one. */
    public void set(int[] touched, int from, int entries) {
        reserve(entries);
        System.arraycopy(touched, from, rows, 0, entries);
        count = entries;
        unplaced = true;
    }

    /** Makes room for {@code entries} more rows. */
    public void reserve(int entries) {
        int wanted = Math.min(count + entries, Math.max(tableRows, entries));
        if (wanted <= rows.length) {
            return;
        }
        int capacity = Integer.highestOneBit(wanted - 1) << 1;
        rows = Arrays.copyOf(rows, capacity);
        values = Arrays.copyOf(values, capacity * width);
    }

    /** Returns where the values of a row start, adding it if it is not there yet; there must be room for it. */
    public int at(int row) {
        if (unplaced) {
            place();
        }
        int place = places[row];
        // Places left over from earlier gradients lead anywhere, and seldom to the same row.
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

    /** Returns the largest magnitude of any component; infinite if one is not a number. */
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

    /** Returns the coordinates in a row. */
    public int width() {
        return width;
    }

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
     * Returns values that are not multiplied by {@link #factor} yet, those of {@link #factoredRows}, of a table of one
     * coordinate a row; both from {@link #factoredFrom} on.
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
