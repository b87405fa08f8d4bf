package io.freshet.learning.spec;

import io.freshet.learning.features.Standardizer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which fields of a record a model sees, and how.
 *
 * @param numeric number fields
 * @param standardize whether numeric features are scaled by their running mean and deviation
 * @param momentDecay of the running moments: 1 remembers all samples alike, below 1 roughly the last 1 / (1 - decay)
 * @param categorical text fields, each value hashed
 * @param tokens text fields of words between spaces, each word hashed
 * @param cross lists of text fields whose values are hashed together
 * @param sparse text fields that hold {@code index:value} pairs, each index hashed
 * @param dense vector fields
 * @param length number field that says how many steps of a sequence count, where vectors are padded to the longest; null
 *     if all do
 * @param hashBits hashed features share 2^hashBits rows of parameters, 1 to 26
 */
public record FeatureSpec(
        List<String> numeric,
        boolean standardize,
        double momentDecay,
        List<String> categorical,
        List<String> tokens,
        List<List<String>> cross,
        List<String> sparse,
        List<Dense> dense,
        @Nullable String length,
        int hashBits) {
    public static final int DEFAULT_HASH_BITS = 18;
    public static final int MAXIMUM_HASH_BITS = 26;

    /**
     * A vector field, all of whose numbers a model sees.
     *
     * @param field its name, or a column prefix such as {@code pixel*}
     * @param length numbers in it; for a sequence, in one step of it
     * @param divide what each number is divided by, 255 for the bytes of an image
     * @param standardize whether each number is scaled by its running mean and deviation, after the division
     */
    public record Dense(String field, int length, double divide, boolean standardize) {}

    public FeatureSpec {
        numeric = List.copyOf(numeric);
        categorical = List.copyOf(categorical);
        tokens = List.copyOf(tokens);
        cross = List.copyOf(cross);
        sparse = List.copyOf(sparse);
        dense = List.copyOf(dense);
    }

    /** Returns how many hashed fields there are: categories, token lists, crosses, sparse vectors. */
    public int hashedFields() {
        return categorical.size() + tokens.size() + cross.size() + sparse.size();
    }

    /** Returns the numbers that a model sees of a sample, or of one step of it: numeric features, then dense vectors. */
    public int numbers() {
        return numeric.size() + denseLength();
    }

    /** Returns the length of all dense vectors together. */
    public int denseLength() {
        return dense.stream().mapToInt(Dense::length).sum();
    }

    /** Returns how many rows of parameters hashed features share: 2^hashBits, or 0 if there are none. */
    public int buckets() {
        return hashedFields() > 0 ? 1 << hashBits : 0;
    }

    /** Returns how many rows of parameters a table of all features has: the bias, the numbers, the buckets. */
    public int rows() {
        return 1 + numbers() + buckets();
    }

    /** Returns the standardizer of the numbers of a sample. */
    public Standardizer standardizer() {
        boolean[] flags = new boolean[denseLength()];
        int at = 0;
        for (Dense vector : dense) {
            for (int i = 0; i < vector.length(); i++) {
                flags[at++] = vector.standardize();
            }
        }
        return new Standardizer(numeric.size(), standardize, flags, momentDecay);
    }

    /** Returns the text fields that hashed features come from. */
    List<String> textFields() {
        Set<String> fields = new LinkedHashSet<>(categorical);
        fields.addAll(tokens);
        cross.forEach(fields::addAll);
        fields.addAll(sparse);
        return new ArrayList<>(fields);
    }
}
