package io.freshet.learning.spec.feature;

import io.freshet.learning.features.RowLayout;
import io.freshet.learning.features.Standardizer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The features of a model, by the way they are encoded.
 *
 * @param numericFeatures number fields
 * @param hashedFeatures text fields, hashed to rows of the parameter matrix
 * @param dense vector fields
 * @param length number field with the number of valid steps of a sequence whose vectors are padded; null if all are valid
 * @param times date and time fields
 * @param missing what becomes of a sample that lacks a numeric, text, or time feature
 */
public record FeatureSpec(
        Numeric numericFeatures,
        Hashed hashedFeatures,
        List<Dense> dense,
        @Nullable String length,
        List<TimeSpec> times,
        MissingSpec missing) {
    public static final int DEFAULT_HASH_BITS = 18;
    public static final int MAXIMUM_HASH_BITS = 26;

    /**
     * Numeric features.
     *
     * @param fields number fields
     * @param standardize whether they are scaled by their running mean and standard deviation
     * @param decay weight of the past in the running moments, in (0, 1]: 1 weights all samples equally, a smaller value
     *     roughly averages over the last 1 / (1 - decay)
     */
    public record Numeric(List<String> fields, boolean standardize, double decay) {
        public Numeric {
            fields = List.copyOf(fields);
        }
    }

    /**
     * Hashed features.
     *
     * @param categorical text fields; the value is hashed
     * @param tokens text fields of words separated by spaces; each word is hashed
     * @param cross lists of text fields whose values are hashed together
     * @param sparse text fields of {@code index:value} pairs
     * @param bits all of them share 2^bits rows of parameters; 1 to 26
     */
    public record Hashed(
            List<String> categorical, List<String> tokens, List<List<String>> cross, List<Sparse> sparse, int bits) {
        public Hashed {
            categorical = List.copyOf(categorical);
            tokens = List.copyOf(tokens);
            cross = List.copyOf(cross);
            sparse = List.copyOf(sparse);
        }

        /** Returns the distinct text fields. */
        public List<String> textFields() {
            Set<String> fields = plainTextFields();
            sparse.forEach(vector -> fields.add(vector.field()));
            return new ArrayList<>(fields);
        }

        /** Returns the sparse vector whose index i is row i, the first that is not hashed; null if all are. */
        public @Nullable Sparse unshifted() {
            return sparse.stream().filter(vector -> !vector.hash()).findFirst().orElse(null);
        }

        /** Returns the distinct text fields of categories, words, and crosses. */
        public Set<String> plainTextFields() {
            Set<String> fields = new LinkedHashSet<>(categorical);
            fields.addAll(tokens);
            cross.forEach(fields::addAll);
            return fields;
        }
    }

    /**
     * A text field of {@code index:value} pairs.
     *
     * @param hash whether each index is hashed, rather than a row
     */
    public record Sparse(String field, boolean hash) {}

    /**
     * A vector field.
     *
     * @param field its name, or a column prefix such as {@code pixel*}
     * @param length number of values; for a sequence, per step
     * @param divide divisor of each value, such as 255 for the bytes of an image
     * @param standardize whether each value is scaled by its running mean and standard deviation, after the division
     */
    public record Dense(String field, int length, double divide, boolean standardize) {}

    public FeatureSpec {
        dense = List.copyOf(dense);
        times = List.copyOf(times);
    }

    public List<String> numeric() {
        return numericFeatures.fields();
    }

    public boolean standardize() {
        return numericFeatures.standardize();
    }

    public double momentDecay() {
        return numericFeatures.decay();
    }

    public List<String> categorical() {
        return hashedFeatures.categorical();
    }

    public List<String> tokens() {
        return hashedFeatures.tokens();
    }

    public List<List<String>> cross() {
        return hashedFeatures.cross();
    }

    public List<String> sparse() {
        return hashedFeatures.sparse().stream().map(Sparse::field).toList();
    }

    public int hashBits() {
        return hashedFeatures.bits();
    }

    /** Returns the number of hashed features: categories, token lists, crosses, sparse vectors, and parts of times. */
    public int hashedFields() {
        return categorical().size() + tokens().size() + cross().size() + sparse().size() + timeParts(false);
    }

    /**
     * Returns the length of a sample's (or step's) vector of numbers: numeric features, then indicators of missing ones, then
     * cyclic parts of times, then dense vectors.
     */
    public int numbers() {
        return numeric().size() + unscaled() + denseLength();
    }

    /** Returns the count of numbers between the numeric features and the dense vectors, which are never standardized. */
    private int unscaled() {
        return indicators().size() + 2 * timeParts(true);
    }

    private int timeParts(boolean cyclic) {
        return times.stream()
                .filter(time -> time.cyclic() == cyclic)
                .mapToInt(time -> time.parts().size())
                .sum();
    }

    /** Returns the numeric features with an input that indicates whether they are missing. */
    public List<String> indicators() {
        return numeric().stream()
                .filter(field -> missing.of(field) == MissingPolicy.INDICATOR)
                .toList();
    }

    /** Returns the name of each of {@link #numbers}, for people. */
    public List<String> numberNames() {
        List<String> names = new ArrayList<>(numeric());
        indicators().forEach(field -> names.add("missing(" + field + ")"));
        times.stream()
                .filter(TimeSpec::cyclic)
                .forEach(time -> time.parts().forEach(part -> {
                    names.add("sin(" + time.feature(part) + ")");
                    names.add("cos(" + time.feature(part) + ")");
                }));
        for (Dense vector : dense) {
            IntStream.range(0, vector.length())
                    .forEach(i -> names.add(RowLayout.wireName(vector.field()) + "[" + i + "]"));
        }
        return names;
    }

    /**
     * Returns whether every feature has a known scale: there are only numbers, standardized or bounded, such as cyclic
     * times and indicators of missing numbers.
     */
    public boolean isStandardized() {
        return hashedFields() == 0
                && (standardize() || numeric().isEmpty())
                && dense.stream().allMatch(Dense::standardize);
    }

    /** Returns the total length of the dense vectors. */
    public int denseLength() {
        return dense.stream().mapToInt(Dense::length).sum();
    }

    /** Returns the number of parameter rows that hashed features share: 2^hashBits, or 0 without hashed features. */
    public int buckets() {
        return hashedFields() > 0 ? 1 << hashBits() : 0;
    }

    /** Returns the number of parameter rows in a table of all features: the bias, the numbers, and the buckets. */
    public int rows() {
        return 1 + numbers() + buckets();
    }

    /** Returns how many numbers have moments. */
    public long standardizedNumbers() {
        return (standardize() ? numeric().size() : imputed())
                + dense.stream()
                        .filter(Dense::standardize)
                        .mapToLong(Dense::length)
                        .sum();
    }

    /** Returns the length of the moments of {@link #standardizer}, without creating it. */
    public long momentCount() {
        return 1 + 2 * standardizedNumbers() + imputed();
    }

    private long imputed() {
        return numeric().stream().filter(field -> missing.of(field).usesMean()).count();
    }

    /** Returns the standardizer of a sample's numbers. */
    public Standardizer standardizer() {
        boolean[] flags = new boolean[denseLength()];
        int at = 0;
        for (Dense vector : dense) {
            for (int i = 0; i < vector.length(); i++) {
                flags[at++] = vector.standardize();
            }
        }
        boolean[] imputed = new boolean[numeric().size()];
        for (int i = 0; i < imputed.length; i++) {
            imputed[i] = missing.of(numeric().get(i)).usesMean();
        }
        return new Standardizer(standardize(), imputed, unscaled(), flags, momentDecay());
    }

    /** Returns the distinct fields that may be texts: of all hashed features, and times. */
    public List<String> textFields() {
        Set<String> fields = new LinkedHashSet<>(hashedFeatures.textFields());
        fields.addAll(timeFields());
        return new ArrayList<>(fields);
    }

    /** Returns the distinct text fields of categories, words, crosses, and times. */
    public Set<String> plainTextFields() {
        Set<String> fields = hashedFeatures.plainTextFields();
        fields.addAll(timeFields());
        return fields;
    }

    /** Returns the date and time fields. */
    public List<String> timeFields() {
        return times.stream().map(TimeSpec::field).toList();
    }
}
