package io.freshet.learning.spec;

import java.util.List;

/**
 * Which fields of a record a model sees, and how.
 *
 * @param numeric number fields
 * @param standardize whether numeric features are scaled by their running mean and deviation
 * @param categorical text fields, each value hashed
 * @param cross lists of text fields whose values are hashed together
 * @param sparse text fields that hold {@code index:value} pairs, each index hashed
 * @param hashBits hashed features share 2^hashBits rows of parameters, 1 to 26
 */
public record FeatureSpec(
        List<String> numeric,
        boolean standardize,
        List<String> categorical,
        List<List<String>> cross,
        List<String> sparse,
        int hashBits) {
    public static final int DEFAULT_HASH_BITS = 18;
    public static final int MAXIMUM_HASH_BITS = 26;

    public FeatureSpec {
        numeric = List.copyOf(numeric);
        categorical = List.copyOf(categorical);
        cross = List.copyOf(cross);
        sparse = List.copyOf(sparse);
    }

    /** Whether any feature is hashed. */
    public boolean hashed() {
        return !categorical.isEmpty() || !cross.isEmpty() || !sparse.isEmpty();
    }

    /** Returns how many rows of parameters hashed features share: 2^hashBits, or 0 if there are none. */
    public int buckets() {
        return hashed() ? 1 << hashBits : 0;
    }

    /** Returns how many rows of parameters there are: the bias, the numeric features, the buckets. */
    public int rows() {
        return 1 + numeric.size() + buckets();
    }
}
