package io.freshet.learning.spec;

import static io.freshet.learning.yaml.Names.fieldName;
import static io.freshet.learning.yaml.Names.fieldNameLists;
import static io.freshet.learning.yaml.Names.fieldNames;
import static io.freshet.learning.yaml.Numbers.flag;
import static io.freshet.learning.yaml.Numbers.integer;
import static io.freshet.learning.yaml.Numbers.number;

import io.freshet.learning.features.Moments;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.features.Standardizer;
import io.freshet.learning.yaml.Field;
import io.freshet.learning.yaml.ListOf;
import io.freshet.learning.yaml.Mapping;
import io.freshet.learning.yaml.Part;
import io.freshet.learning.yaml.ScalarOr;
import io.freshet.learning.yaml.Section;
import io.freshet.learning.yaml.Type;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
 * @param hashBits hashed features share 2^hashBits rows of parameters; 1 to 26
 * @param times date and time fields
 * @param missing what becomes of a sample that lacks a numeric, text, or time feature
 */
public record FeatureSpec(
        Numeric numericFeatures,
        Hashed hashedFeatures,
        List<Dense> dense,
        @Nullable String length,
        int hashBits,
        List<TimeSpec> times,
        MissingSpec missing) {
    public static final int DEFAULT_HASH_BITS = 18;
    public static final int MAXIMUM_HASH_BITS = 26;

    /**
     * Numeric features.
     *
     * @param fields number fields
     * @param scale how they are scaled
     */
    public record Numeric(List<String> fields, Standardization scale) {
        private static final Section<Numeric> FIELDS = Section.of(
                        Numeric.class,
                        Field.of("numeric", fieldNames(), List.of()),
                        Field.of("standardize", Standardization.TYPE, Standardization.ON))
                .means("""
                numeric: Number fields
                standardize: Whether `numeric` is standardized online, by mean and deviation of all samples so far, \
                including this one
                """);

        public Numeric {
            fields = List.copyOf(fields);
        }
    }

    /**
     * Whether numbers are scaled by their running mean and standard deviation.
     *
     * @param decay weight of the past in the running moments, in (0, 1]: 1 weights all samples equally, a smaller value
     *     roughly averages over the last 1 / (1 - decay)
     */
    public record Standardization(boolean on, double decay) {
        private static final Section<Standardization> FIELDS = Section.of(
                        Standardization.class,
                        Part.derived(in -> true),
                        Field.of("decay", number(value -> value > 0 && value <= 1, "in (0, 1]"), Moments.EXACT))
                .means("""
                decay: 1 weighs all samples equally; less is an exponential window of about 1 / (1 - decay) samples
                """);

        private static final Standardization ON = new Standardization(true, Moments.EXACT);

        private static final Type<Standardization> TYPE = ScalarOr.of(
                Map.of(true, Optional.of(ON), false, Optional.of(new Standardization(false, Moments.EXACT))),
                FIELDS,
                flag().expected());
    }

    /**
     * Hashed features.
     *
     * @param categorical text fields; the value is hashed
     * @param tokens text fields of words separated by spaces; each word is hashed
     * @param cross lists of text fields whose values are hashed together
     * @param sparse text fields of {@code index:value} pairs
     */
    public record Hashed(List<String> categorical, List<String> tokens, List<List<String>> cross, List<Sparse> sparse) {
        private static final Section<Hashed> FIELDS = Section.of(
                        Hashed.class,
                        Field.of("categorical", fieldNames(), List.of()),
                        Field.of("tokens", fieldNames(), List.of()),
                        Field.of("cross", fieldNameLists(), List.of()),
                        Field.of("sparse", new ListOf<>(Sparse.FIELDS, "field"), List.of()))
                .means("""
                categorical: Text fields, hashed as a whole
                tokens: Text fields, hashed word by word, separated by spaces
                cross: Fields whose values are hashed together, so that each combination has its own parameter
                sparse: Sparse vectors, or text fields of `index:value` pairs, as in LIBSVM; [an index is a \
                row](learning.md#rows-of-indices). A field alone is short for `{field: f}`
                """);

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
    public record Sparse(String field, boolean hash) {
        private static final Section<Sparse> FIELDS = Section.of(
                        Sparse.class, Field.of("field", fieldName()), Field.of("hash", flag(), false))
                .means("""
                field: The field
                hash: Whether indices are hashed
                """)
                .shortBy("field");
    }

    /**
     * A vector field.
     *
     * @param field its name, or a column prefix such as {@code pixel*}
     * @param length number of values; for a sequence, per step
     * @param divide divisor of each value, such as 255 for the bytes of an image
     * @param standardize whether each value is scaled by its running mean and standard deviation, after the division
     */
    public record Dense(String field, int length, double divide, boolean standardize) {
        private static final Section<Dense> FIELDS = Section.of(
                        Dense.class,
                        Field.of("field", fieldName()),
                        Field.of("length", integer(1, 1 << 20)),
                        Field.of(
                                "divide",
                                number(
                                        value -> Math.abs(value) >= 1e-30 && Math.abs(value) <= 1e30,
                                        "of magnitude 1e-30 to 1e30"),
                                1.0),
                        Field.of("standardize", flag(), false))
                .means("""
                field: The vector field; `pixel*` in a file with the columns pixel0, pixel1, ...
                length: Numbers in the vector; for a sequence, in one step
                divide: Divisor of each number: 255 for the bytes of an image
                standardize: Whether each number is standardized like `numeric`, after the division; up to about 32,000 \
                numbers per model, because every snapshot contains their moments
                """)
                .shortBy("field");
    }

    public static final Section<FeatureSpec> FIELDS = Section.of(
                    FeatureSpec.class,
                    Numeric.FIELDS,
                    Hashed.FIELDS,
                    Field.of("dense", new ListOf<>(Dense.FIELDS, "vector"), List.of()),
                    Field.of("length", fieldName()).optional(),
                    Field.of("hashBits", integer(1, MAXIMUM_HASH_BITS), DEFAULT_HASH_BITS),
                    Field.of("time", new ListOf<>(TimeSpec.FIELDS, "time"), List.of())
                            .omit(List::isEmpty),
                    Field.of("missing", MissingSpec.FIELDS).omit(MissingSpec.REJECT::equals))
            .means("""
                dense: Vector fields; every number is an input
                length: Number field with the count of valid steps of a sequence whose vectors are padded
                hashBits: Hashed features share 2^hashBits rows of parameters
                time: Date and time fields, whose [parts are features](learning.md#times)
                """);

    /** Returns the distinct fields that may be texts, as {@link #textFields()} does, while they are read. */
    static List<String> textFields(Mapping in) {
        Set<String> fields = new LinkedHashSet<>(
                new Hashed(in.list("categorical"), in.list("tokens"), in.list("cross"), in.list("sparse"))
                        .textFields());
        List<TimeSpec> times = in.list("time");
        times.forEach(time -> fields.add(time.field()));
        return List.copyOf(fields);
    }

    public FeatureSpec {
        dense = List.copyOf(dense);
        times = List.copyOf(times);
    }

    public List<String> numeric() {
        return numericFeatures.fields();
    }

    public boolean standardize() {
        return numericFeatures.scale().on();
    }

    public double momentDecay() {
        return numericFeatures.scale().decay();
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
        return hashedFields() > 0 ? 1 << hashBits : 0;
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
