package io.freshet.schemas.sample;

import java.util.Arrays;

/**
 * A sparse vector.
 *
 * @param indices at least 0, in any order; the values of an index that occurs twice are added
 * @param values one per index, finite
 */
public record SparseVector(int[] indices, float[] values) {
    public SparseVector {
        if (indices.length != values.length) {
            throw new IllegalArgumentException(
                    "values: " + values.length + " (expected: one for each of " + indices.length + " indices)");
        }
    }

    /** Returns a vector whose values are all 1. */
    public static SparseVector of(int... indices) {
        float[] ones = new float[indices.length];
        Arrays.fill(ones, 1);
        return new SparseVector(indices, ones);
    }

    boolean hasOnlyOnes() {
        for (float value : values) {
            if (value != 1) {
                return false;
            }
        }
        return true;
    }
}
