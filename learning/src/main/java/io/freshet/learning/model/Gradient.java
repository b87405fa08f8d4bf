package io.freshet.learning.model;

import java.util.Arrays;

/**
 * The gradient of one update: the rows that it touches, each once, in the order first touched, and their values.
 *
 * <p>Made once for a learner and filled again for each update; grows to the largest update and no further.
 */
public final class Gradient {
    private final int width;
    private int[] rows = new int[64];
    /** 0 from {@code count * width} on. */
    private float[] values;

    private int count;
    /** Open addressing from a row to its index + 1; 0 is free; length a power of two. */
    private int[] table = new int[128];

    /** @param width coordinates in a row, K */
    public Gradient(int width) {
        this.width = width;
        values = new float[rows.length * width];
    }

    /** Forgets all rows and makes room for {@code entries} of them. */
    void clear(int entries) {
        if (!reserve(entries)) {
            Arrays.fill(values, 0, count * width, 0);
        }
        count = 0;
    }

    /** Takes {@code entries} rows, each there once, whose values the caller writes, every one. */
    void set(int[] touched, int entries) {
        if (!reserve(entries) && count > entries) {
            Arrays.fill(values, entries * width, count * width, 0);
        }
        System.arraycopy(touched, 0, rows, 0, entries);
        count = entries;
    }

    /** Makes all arrays anew if they are too small; returns whether they were. */
    private boolean reserve(int entries) {
        if (entries <= rows.length) {
            return false;
        }
        int capacity = Integer.highestOneBit(entries - 1) << 1;
        rows = new int[capacity];
        values = new float[capacity * width];
        table = new int[capacity * 2];
        return true;
    }

    /** Returns where the values of a row start, adding it if it is not there yet. */
    int at(int row) {
        if (count == 0) {
            Arrays.fill(table, 0);
        }
        int mask = table.length - 1;
        int place = (row * 0x9e3779b9) >>> 7 & mask;
        while (table[place] != 0) {
            if (rows[table[place] - 1] == row) {
                return (table[place] - 1) * width;
            }
            place = place + 1 & mask;
        }
        table[place] = count + 1;
        rows[count] = row;
        return count++ * width;
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
}
