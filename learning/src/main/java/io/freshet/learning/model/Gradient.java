package io.freshet.learning.model;

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
    /** Open addressing from a row to its index + 1; 0 is free; length a power of two. */
    private int[] table = new int[128];

    private boolean indexed;

    /**
     * @param width coordinates in a row of the table
     * @param tableRows rows of the table, or 0
     * @param denseFrom index of the first parameter behind the table
     * @param denseLength parameters behind the table
     */
    Gradient(int width, int tableRows, int denseFrom, int denseLength) {
        this.width = width;
        this.tableRows = tableRows;
        this.denseFrom = denseFrom;
        dense = new float[denseLength];
        values = new float[rows.length * width];
    }

    /** The gradient of a model that is one table. */
    static Gradient ofRows(int width, int tableRows) {
        return new Gradient(width, tableRows, 0, 0);
    }

    /** The gradient of a model without a table. */
    static Gradient ofDense(int length) {
        return new Gradient(1, 0, 0, length);
    }

    /** Makes all of it 0. */
    public void clear() {
        Arrays.fill(values, 0, count * width, 0);
        count = 0;
        indexed = false;
        denseEmpty = true;
    }

    /**
     * Opens the dense part to those who add to it next, once for each chunk of samples; spares what is written first a
     * pass to make it 0.
     *
     * @return 0 if nothing is there yet, so that every number of {@link #dense} is to be overwritten; 1 if more is to be
     *     added to each
     */
    float openDense() {
        float kept = denseEmpty ? 0 : 1;
        denseEmpty = false;
        return kept;
    }

    /** Takes {@code entries} rows, each there once, whose values the caller writes, every one. */
    void set(int[] touched, int from, int entries) {
        reserve(entries);
        System.arraycopy(touched, from, rows, 0, entries);
        count = entries;
    }

    /** Makes room for {@code entries} more rows. */
    void reserve(int entries) {
        int wanted = Math.min(count + entries, Math.max(tableRows, entries));
        if (wanted <= rows.length) {
            return;
        }
        int capacity = Integer.highestOneBit(wanted - 1) << 1;
        rows = Arrays.copyOf(rows, capacity);
        values = Arrays.copyOf(values, capacity * width);
        table = new int[capacity * 2];
        indexed = false;
    }

    /** Returns where the values of a row start, adding it if it is not there yet; there must be room for it. */
    int at(int row) {
        if (!indexed) {
            index();
        }
        int place = place(row);
        if (table[place] == 0) {
            rows[count] = row;
            table[place] = ++count;
        }
        return (table[place] - 1) * width;
    }

    private void index() {
        Arrays.fill(table, 0);
        for (int i = 0; i < count; i++) {
            table[place(rows[i])] = i + 1;
        }
        indexed = true;
    }

    private int place(int row) {
        int mask = table.length - 1;
        int place = (row * 0x9e3779b9) >>> 7 & mask;
        while (table[place] != 0 && rows[table[place] - 1] != row) {
            place = place + 1 & mask;
        }
        return place;
    }

    /** Returns the largest magnitude of any component; infinite if one is not a number. */
    public float largest() {
        return Math.max(largest(values, count * width), largest(dense(), dense.length));
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
        return rows;
    }

    public int count() {
        return count;
    }

    /** Returns the values: row i has [i * width, (i + 1) * width). */
    public float[] values() {
        return values;
    }

    /** Returns the index of the first dense parameter. */
    public int denseFrom() {
        return denseFrom;
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
