package io.freshet.learning.encode;

import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.MurmurHash3;
import io.freshet.learning.features.Row;
import io.freshet.learning.spec.FeatureSpec;
import io.freshet.learning.spec.MissingSpec;
import io.freshet.learning.spec.ModelSpec;
import java.util.List;

/**
 * Hashes fields of a row to parameter rows: categories, words, crosses, sparse vectors, and times, in this order. The
 * formulas are in {@link FeatureEncoder}. Holds the rows of the latest sample; not thread-safe.
 */
final class HashedFields {
    private static final int CROSS_SEED = 0x63726f73;
    private static final int[] NO_ENDS = {};

    private final List<String> sparseNames;
    private final Field[] categorical;
    private final Field[] tokens;
    private final Cross[] crosses;
    private final Field[] sparse;
    private final List<TimeCategories> times;
    private final boolean separate;
    private final int fieldCount;
    private final int steps;
    private final HashedRows rows;

    /** @param optional whether an absent text is read as "" */
    private record Field(String name, int place, int seed, boolean optional) {}

    private record Cross(Field[] fields, int seed) {}

    HashedFields(ModelSpec spec, FieldPlaces places) {
        FeatureSpec features = spec.features();
        int seed = Long.hashCode(spec.seed());
        sparseNames = features.sparse();
        MissingSpec missing = features.missing();
        categorical = fields(features.categorical(), places, seed, missing);
        tokens = fields(features.tokens(), places, seed, missing);
        crosses = features.cross().stream()
                .map(names -> cross(names, places, seed, missing))
                .toArray(Cross[]::new);
        sparse = fields(sparseNames, places, seed, missing);
        times = features.times().stream()
                .filter(time -> !time.cyclic())
                .map(time -> TimeCategories.of(time, places.time(time, missing), seed))
                .toList();
        separate = spec.model().separatesFields();
        fieldCount = features.hashedFields();
        steps = spec.model().steps();
        rows = new HashedRows(1 + features.numbers(), features.buckets());
    }

    private static Field[] fields(List<String> names, FieldPlaces places, int seed, MissingSpec missing) {
        return names.stream()
                .map(name -> new Field(name, places.text(name), MurmurHash3.hash(name, seed), missing.allows(name)))
                .toArray(Field[]::new);
    }

    private static Cross cross(List<String> names, FieldPlaces places, int seed, MissingSpec missing) {
        int h = seed ^ CROSS_SEED;
        for (String name : names) {
            h = MurmurHash3.hash(name, h);
        }
        return new Cross(fields(names, places, seed, missing), h);
    }

    /**
     * Encodes the fields of a row, replacing the previous sample.
     *
     * @param limit maximum count of words; 0 for all
     * @return where the rows of each field end; length 0 if the model does not separate fields
     */
    int[] encode(Row row, int limit) throws InvalidSampleException {
        rows.clear();
        int[] ends = separate ? new int[fieldCount] : NO_ENDS;
        int count = 0;
        for (Field field : categorical) {
            rows.add(hash(row, field, field.seed), 1);
            count = endField(ends, count);
        }
        for (Field field : tokens) {
            addWords(row, field, limit);
            count = endField(ends, count);
        }
        for (Cross cross : crosses) {
            rows.add(hash(row, cross), 1);
            count = endField(ends, count);
        }
        for (Field field : sparse) {
            addPairs(row, field);
            count = endField(ends, count);
        }
        for (TimeCategories time : times) {
            for (int hash : time.hashes(row)) {
                rows.add(hash, 1);
                count = endField(ends, count);
            }
        }
        return ends;
    }

    private int endField(int[] ends, int field) {
        if (separate) {
            ends[field] = rows.size();
            rows.startGroup();
        }
        return field + 1;
    }

    /** Returns the number of rows of the sample. */
    int size() {
        return rows.size();
    }

    /**
     * Copies the rows and values of the sample.
     *
     * @param toRows length {@link #size}
     * @param toValues length {@link #size}
     * @throws InvalidSampleException if the values of a row add up to more than a float
     */
    void copyTo(int[] toRows, float[] toValues) throws InvalidSampleException {
        System.arraycopy(rows.rows(), 0, toRows, 0, toRows.length);
        System.arraycopy(rows.values(), 0, toValues, 0, toValues.length);
        for (int i = 0; i < toValues.length; i++) {
            if (!(Math.abs(toValues[i]) <= Float.MAX_VALUE)) {
                throw InvalidSampleException.of(
                        String.join(", ", sparseNames), toValues[i], "values whose sum per row fits a float");
            }
        }
    }

    private static int hash(Row row, Field field, int seed) throws InvalidSampleException {
        requireText(row, field, "a text");
        return MurmurHash3.hash(row.bytes(), row.textFrom(field.place), row.textTo(field.place), seed);
    }

    private static int hash(Row row, Cross cross) throws InvalidSampleException {
        int h = cross.seed;
        for (Field field : cross.fields) {
            h = hash(row, field, h);
        }
        return h;
    }

    /** Adds the words between spaces. In a sequence, each word is a step. */
    private void addWords(Row row, Field field, int limit) throws InvalidSampleException {
        requireText(row, field, "words between spaces");
        byte[] bytes = row.bytes();
        int end = row.textTo(field.place);
        int at = row.textFrom(field.place);
        int words = 0;
        while (at < end && (limit == 0 || words < limit)) {
            int from = at;
            while (at < end && bytes[at] != ' ') {
                at++;
            }
            if (at > from) {
                words++;
                if (steps > 0 && words > steps) {
                    throw InvalidSampleException.of(field.name, "more words", "up to " + steps);
                }
                int hash = MurmurHash3.hash(bytes, from, at, field.seed);
                if (steps > 0) {
                    rows.addStep(hash);
                } else {
                    rows.add(hash, 1);
                }
            }
            at++;
        }
        if (steps > 0 && words < Math.max(1, limit)) {
            throw InvalidSampleException.of(field.name, words + " words", Math.max(1, limit) + " to " + steps);
        }
    }

    private void addPairs(Row row, Field field) throws InvalidSampleException {
        if (row.hasSparse(field.place)) {
            addSparse(row, field);
            return;
        }
        requireText(row, field, "pairs index:value");
        SparsePairs pairs =
                new SparsePairs(field.name, row.bytes(), row.textFrom(field.place), row.textTo(field.place));
        while (pairs.next()) {
            rows.add(MurmurHash3.hash(pairs.index(), field.seed), pairs.value());
        }
    }

    private void addSparse(Row row, Field field) throws InvalidSampleException {
        int[] indices = row.sparseIndices(field.place);
        float[] values = row.sparseValues(field.place);
        int length = row.sparseLength(field.place);
        for (int i = 0; i < length; i++) {
            if (indices[i] < 0) {
                throw InvalidSampleException.of(field.name + "[" + i + "]", "index " + indices[i], "at least 0");
            }
            if (!(Math.abs(values[i]) <= Float.MAX_VALUE)) {
                throw InvalidSampleException.of(field.name + "[" + i + "]", values[i], "a finite number");
            }
            rows.add(MurmurHash3.hash(indices[i], field.seed), values[i]);
        }
    }

    private static void requireText(Row row, Field field, String expected) throws InvalidSampleException {
        if (!row.hasText(field.place) && !(field.optional && row.isTextMissing(field.place))) {
            throw InvalidSampleException.of(field.name, "missing", expected);
        }
    }
}
