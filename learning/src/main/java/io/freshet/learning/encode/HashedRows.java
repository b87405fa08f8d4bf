package io.freshet.learning.encode;

import java.util.Arrays;

/**
 * Collects the parameter rows and values of one sample's hashed features. Reused for each sample; its arrays grow to
 * the largest one.
 */
final class HashedRows {
    private final int first;
    private final int mask;
    /** The row of each entry in the high half, the index of its value in the low half. */
    private long[] entries = new long[16];

    private float[] values = new float[16];
    private int size;
    private int valueCount;

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
        valueCount = 0;
    }

    int size() {
        return size;
    }

    int row(int entry) {
        return (int) (entries[entry] >>> 32);
    }

    float value(int entry) {
        return values[(int) entries[entry]];
    }

    void add(int hash, float value) {
        if (size == entries.length) {
            entries = Arrays.copyOf(entries, size * 2);
        }
        if (valueCount == values.length) {
            values = Arrays.copyOf(values, valueCount * 2);
        }
        entries[size++] = (long) (first + (hash & mask)) << 32 | valueCount;
        values[valueCount++] = value;
    }

    /** Sorts the entries from {@code from} on by row, and adds up the values of a row in the order they were added. */
    void merge(int from) {
        if (size - from < 2) {
            return;
        }
        Arrays.sort(entries, from, size);
        int end = from + 1;
        for (int i = from + 1; i < size; i++) {
            if (row(i) == row(end - 1)) {
                values[(int) entries[end - 1]] += value(i);
            } else {
                entries[end++] = entries[i];
            }
        }
        size = end;
    }
}
