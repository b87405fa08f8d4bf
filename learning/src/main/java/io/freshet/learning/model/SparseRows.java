package io.freshet.learning.model;

import io.freshet.learning.features.Sample;
import java.util.Arrays;

/**
 * The sparse matrix of a batch. Entry i is the feature row {@code rows[i]} with the value {@code values[i]}; sample j
 * has the entries [start[j], start[j + 1]).
 */
final class SparseRows {
    private static final int[] NO_INTS = {};
    private static final float[] NO_FLOATS = {};
    /** The start of the first sample of an empty batch; never written to. */
    private static final int[] NO_STARTS = {0};

    private final BatchShape shape;
    private int[] start = NO_STARTS;
    private int[] rows = NO_INTS;
    private float[] values = NO_FLOATS;
    private int[] ends = NO_INTS;

    SparseRows(BatchShape shape) {
        this.shape = shape;
    }

    /** Resizes the arrays of one element per sample, or per sample and field. */
    void reserveSamples(int samples) {
        start = Arrays.copyOf(start, samples + 1);
        ends = Arrays.copyOf(ends, samples * shape.fields());
    }

    /** Adds a sample, but for the values of its numbers. */
    void set(int i, Sample sample) {
        int from = start[i];
        int hashedFrom = from;
        if (shape.numbersAsRows()) {
            hashedFrom += 1 + sample.numeric().length + sample.dense().length;
        }
        reserveEntries(hashedFrom + sample.rows().length);
        for (int entry = from; entry < hashedFrom; entry++) {
            rows[entry] = entry - from;
        }
        if (shape.numbersAsRows()) {
            values[from] = 1;
        }
        copy(i, hashedFrom, sample.rows(), sample.values());
        if (shape.fields() > 0) {
            setEnds(i, hashedFrom, sample.ends());
        }
    }

    void set(int i, PackedSample.Features features) {
        int from = start[i];
        reserveEntries(from + features.rows().length);
        copy(i, from, features.rows(), features.values());
        setEnds(i, from, features.ends());
    }

    private void reserveEntries(int entries) {
        if (entries > rows.length) {
            int capacity = rows.length == 0 ? entries : entries * 2;
            rows = Arrays.copyOf(rows, capacity);
            values = Arrays.copyOf(values, capacity);
        }
    }

    private void copy(int i, int from, int[] sampleRows, float[] sampleValues) {
        System.arraycopy(sampleRows, 0, rows, from, sampleRows.length);
        System.arraycopy(sampleValues, 0, values, from, sampleRows.length);
        start[i + 1] = from + sampleRows.length;
    }

    private void setEnds(int i, int from, int[] sampleEnds) {
        for (int field = 0; field < sampleEnds.length; field++) {
            ends[i * shape.fields() + field] = from + sampleEnds[field];
        }
    }

    int[] rows() {
        return rows;
    }

    float[] values() {
        return values;
    }

    int from(int i) {
        return start[i];
    }

    int to(int i) {
        return start[i + 1];
    }

    int end(int i, int field) {
        return ends[i * shape.fields() + field];
    }

    /** Returns the number of entries of the first samples. */
    int count(int samples) {
        return start[samples];
    }

    /** Returns a copy of the rows of a sample. */
    int[] rows(int i) {
        return Arrays.copyOfRange(rows, start[i], start[i + 1]);
    }

    /** Returns a copy of the values of a sample. */
    float[] values(int i) {
        return Arrays.copyOfRange(values, start[i], start[i + 1]);
    }

    /** Returns where each field of a sample ends, relative to its first entry. */
    int[] ends(int i) {
        int[] relative = Arrays.copyOfRange(ends, i * shape.fields(), (i + 1) * shape.fields());
        for (int field = 0; field < relative.length; field++) {
            relative[field] -= start[i];
        }
        return relative;
    }

    float largestMagnitude(int i) {
        // Without the sign, the bits of floats sort as the floats do. Four lanes break the dependency chain.
        float[] all = values;
        int to = start[i + 1];
        int entry = start[i];
        int a = 0;
        int b = 0;
        int c = 0;
        int d = 0;
        for (; entry < to - 3; entry += 4) {
            a = Math.max(a, Float.floatToRawIntBits(all[entry]) & Integer.MAX_VALUE);
            b = Math.max(b, Float.floatToRawIntBits(all[entry + 1]) & Integer.MAX_VALUE);
            c = Math.max(c, Float.floatToRawIntBits(all[entry + 2]) & Integer.MAX_VALUE);
            d = Math.max(d, Float.floatToRawIntBits(all[entry + 3]) & Integer.MAX_VALUE);
        }
        for (; entry < to; entry++) {
            a = Math.max(a, Float.floatToRawIntBits(all[entry]) & Integer.MAX_VALUE);
        }
        return Float.intBitsToFloat(Math.max(Math.max(a, b), Math.max(c, d)));
    }

    long bytes() {
        return Integer.BYTES * ((long) start.length + rows.length + ends.length) + Float.BYTES * (long) values.length;
    }
}
