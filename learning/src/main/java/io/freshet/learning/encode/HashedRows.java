package io.freshet.learning.encode;

import java.util.Arrays;

/**
 * Collects the parameter rows and values of one sample's hashed features, in the order they are added. The values of a row
 * that is added again within a group are summed; a hash table finds it, so no row is sorted. Reused for each sample; its
 * arrays grow to the largest one.
 */
final class HashedRows {
    private final int first;
    private final int mask;
    private int[] rows = new int[32];
    private float[] values = new float[32];
    private int size;

    /**
     * Open-addressing table of the rows of the group: entry index in the low half, group number in the high half. Entries of
     * other groups count as empty, so a new group needs no clearing. Its length is a power of two, at least twice that of
     * {@link #rows}.
     */
    private long[] table = new long[64];

    private int group;

    /**
     * @param first row of bucket 0
     * @param buckets rows of all hashed features, a power of two
     */
    HashedRows(int first, int buckets) {
        this.first = first;
        mask = buckets - 1;
    }

    void clear() {
        size = 0;
        startGroup();
    }

    /** Starts a group of distinct rows. */
    void startGroup() {
        if (++group == 0) {
            Arrays.fill(table, 0);
            group = 1;
        }
    }

    int size() {
        return size;
    }

    int[] rows() {
        return rows;
    }

    float[] values() {
        return values;
    }

    /** Adds a row to the group, or adds its value to that of the same row. */
    void add(int hash, float value) {
        if (size == rows.length) {
            grow();
        }
        int row = first + (hash & mask);
        int slot = slot(row);
        int entry = (int) table[slot];
        if (isInGroup(slot)) {
            values[entry] += value;
        } else {
            table[slot] = (long) group << 32 | size;
            append(row, value);
        }
    }

    /** Adds a row even if the group has it. */
    void addStep(int hash) {
        if (size == rows.length) {
            grow();
        }
        append(first + (hash & mask), 1);
    }

    private void append(int row, float value) {
        rows[size] = row;
        values[size++] = value;
    }

    /** Returns the slot of a row in the table, or the empty slot where it belongs. */
    private int slot(int row) {
        int slot = row * 0x9e3779b9 >>> Integer.numberOfLeadingZeros(table.length - 1);
        while (isInGroup(slot) && rows[(int) table[slot]] != row) {
            slot = slot + 1 & table.length - 1;
        }
        return slot;
    }

    private boolean isInGroup(int slot) {
        return (int) (table[slot] >>> 32) == group;
    }

    private void grow() {
        rows = Arrays.copyOf(rows, 2 * size);
        values = Arrays.copyOf(values, 2 * size);
        long[] old = table;
        table = new long[2 * old.length];
        for (long entry : old) {
            if ((int) (entry >>> 32) == group) {
                table[slot(rows[(int) entry])] = entry;
            }
        }
    }
}
