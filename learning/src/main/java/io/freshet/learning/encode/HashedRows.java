package io.freshet.learning.encode;

import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.spec.FeatureSpec;
import io.freshet.learning.spec.ModelSpec;
import java.util.Arrays;

/**
 * Collects the parameter rows and values of one sample's hashed features, in the order they are added. The values of a row
 * that is added again within a group are summed, in the order they are added. In a sequence, words are not merged. Reused for
 * each sample; its arrays grow to the largest one.
 *
 * <p>A hash table finds rows that are added again. Whoever chooses the features can choose rows that collide in it. So a group
 * with many collisions is merged by sorting when it ends, with the same result, and n features take n log n steps.
 */
final class HashedRows implements HashedTarget {
    private static final int[] NO_ENDS = {};

    /** Collisions, per entry that {@link #rows} can hold, from which on a group is sorted. Without malice, there is about one. */
    private static final int MOST_COLLISIONS = 16;

    private static final int SLOTS = 16;
    /** The longest table with as many slots for each entry. */
    private static final int LONGEST_SPARSE = 4096;

    /** Marks an entry whose value was added to an earlier one. */
    private static final int MERGED = -1;

    private final int first;
    private final int mask;
    private final boolean separate;
    private final boolean sequence;
    private final int fieldCount;
    private final String sparseNames;
    private int[] rows = new int[8];
    private float[] values = new float[8];
    private int size;
    private int[] ends = NO_ENDS;
    private int ended;

    /**
     * Open-addressing table of the rows of the group: entry index in the low half, group number in the high half. Entries of
     * other groups count as empty, so a new group needs no clearing. Its length is a power of two, at least twice that of
     * {@link #rows}, and {@value #SLOTS} times as long if it still fits in the first-level cache: a collision is a branch that the
     * processor mispredicts.
     */
    private long[] table = new long[SLOTS * rows.length];

    private int group;
    /** Where the entries of the group start. */
    private int groupFrom;

    private int collisions;
    /** Whether the group is merged when it ends. */
    private boolean sorts;

    HashedRows(ModelSpec spec) {
        FeatureSpec features = spec.features();
        first = 1 + features.numbers();
        mask = features.buckets() - 1;
        separate = spec.model().separatesFields();
        sequence = spec.model().steps() > 0;
        fieldCount = features.hashedFields();
        sparseNames = String.join(", ", features.sparse());
    }

    /** Starts a sample. */
    void clear() {
        size = 0;
        ended = 0;
        ends = separate ? new int[fieldCount] : NO_ENDS;
        startGroup();
    }

    @Override
    public void category(HashedField field, int hash) {
        add(hash, 1);
    }

    @Override
    public void word(HashedField field, int hash, int from, int to) {
        if (sequence) {
            addStep(hash);
        } else {
            add(hash, 1);
        }
    }

    @Override
    public void cross(HashedCross cross, int hash) {
        add(hash, 1);
    }

    @Override
    public void entry(HashedField field, int hash, int index, float value) {
        add(hash, value);
    }

    @Override
    public void timePart(String feature, int value, int hash) {
        add(hash, 1);
    }

    @Override
    public void endField() {
        if (separate) {
            endGroup();
            ends[ended++] = size;
            startGroup();
        }
    }

    /** Ends a sample. */
    void finish() {
        endGroup();
    }

    /** Starts a group of distinct rows. */
    private void startGroup() {
        groupFrom = size;
        collisions = 0;
        sorts = false;
        if (++group == 0) {
            Arrays.fill(table, 0);
            group = 1;
        }
    }

    /** Returns the number of rows of the sample. */
    int size() {
        return size;
    }

    /** Returns where the rows of each field end, an array of the sample's own; length 0 if the model does not separate fields. */
    int[] ends() {
        return ends;
    }

    /**
     * Copies the rows and values of the sample.
     *
     * @param toRows length {@link #size}
     * @param toValues length {@link #size}
     * @throws InvalidSampleException if the values of a row add up to more than a float
     */
    void copyTo(int[] toRows, float[] toValues) throws InvalidSampleException {
        System.arraycopy(rows, 0, toRows, 0, toRows.length);
        System.arraycopy(values, 0, toValues, 0, toValues.length);
        for (float value : toValues) {
            if (!(Math.abs(value) <= Float.MAX_VALUE)) {
                throw InvalidSampleException.of(sparseNames, value, "values whose sum per row fits a float");
            }
        }
    }

    /** Adds a row to the group, or adds its value to that of the same row. */
    private void add(int hash, float value) {
        if (size == rows.length) {
            grow();
        }
        int row = first + (hash & mask);
        if (sorts) {
            append(row, value);
            return;
        }
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
    private void addStep(int hash) {
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
            sorts = ++collisions > MOST_COLLISIONS * rows.length;
        }
        return slot;
    }

    private boolean isInGroup(int slot) {
        return (int) (table[slot] >>> 32) == group;
    }

    private void grow() {
        rows = Arrays.copyOf(rows, 2 * size);
        values = Arrays.copyOf(values, 2 * size);
        int length = Math.max(2 * rows.length, Math.min(SLOTS * rows.length, LONGEST_SPARSE));
        if (length > table.length) {
            rehash(length);
        }
    }

    private void rehash(int length) {
        long[] old = table;
        table = new long[length];
        for (int i = 0; i < old.length && !sorts; i++) {
            if ((int) (old[i] >>> 32) == group) {
                table[slot(rows[(int) old[i]])] = old[i];
            }
        }
    }

    private void endGroup() {
        if (sorts) {
            mergeBySorting();
        }
    }

    /** Adds the values of each row to the first entry of that row, in the order of the entries. */
    private void mergeBySorting() {
        long[] sorted = new long[size - groupFrom];
        for (int i = 0; i < sorted.length; i++) {
            sorted[i] = (long) rows[groupFrom + i] << 32 | groupFrom + i;
        }
        Arrays.sort(sorted);
        int firstOfRow = groupFrom;
        for (int i = 0; i < sorted.length; i++) {
            int entry = (int) sorted[i];
            if (i > 0 && sorted[i] >>> 32 == sorted[i - 1] >>> 32) {
                values[firstOfRow] += values[entry];
                rows[entry] = MERGED;
            } else {
                firstOfRow = entry;
            }
        }
        int end = size;
        size = groupFrom;
        for (int entry = groupFrom; entry < end; entry++) {
            if (rows[entry] != MERGED) {
                append(rows[entry], values[entry]);
            }
        }
    }
}
