package io.freshet.learning.model;

import java.util.Arrays;

/** The labels of a batch, sample by sample. A label shorter than the shape's is padded with NaN. */
final class Labels {
    private static final float[] NO_FLOATS = {};

    private final int length;
    private float[] labels = NO_FLOATS;

    Labels(BatchShape shape) {
        length = shape.labelLength();
    }

    void reserve(int samples) {
        labels = Arrays.copyOf(labels, Math.multiplyExact(samples, length));
    }

    void set(int i, float[] label) {
        int at = i * length;
        if (length == 1 && label.length == 1) {
            labels[at] = label[0];
        } else {
            System.arraycopy(label, 0, labels, at, label.length);
            Arrays.fill(labels, at + label.length, at + length, Float.NaN);
        }
    }

    float[] labels() {
        return labels;
    }

    /** Returns a copy of a label, with its padding. */
    float[] get(int i) {
        return Arrays.copyOfRange(labels, i * length, (i + 1) * length);
    }

    long bytes() {
        return (long) Float.BYTES * labels.length;
    }
}
