package io.freshet.learning.encode;

import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.MurmurHash3;
import io.freshet.learning.features.Row;
import io.freshet.learning.spec.FeatureSpec;
import io.freshet.learning.spec.MissingSpec;
import io.freshet.learning.spec.ModelSpec;
import java.util.List;

/**
 * Hashes fields of a row: categories, words, crosses, sparse vectors, and times, in this order. The formulas are in {@link
 * FeatureEncoder}. Immutable.
 */
final class HashedFields {
    private final HashedField[] categorical;
    private final HashedField[] tokens;
    private final HashedCross[] crosses;
    private final SparseField[] sparse;
    private final List<TimeCategories> times;
    private final int steps;

    HashedFields(ModelSpec spec, FieldPlaces places) {
        FeatureSpec features = spec.features();
        int seed = Long.hashCode(spec.seed());
        MissingSpec missing = features.missing();
        categorical = HashedField.of(features.categorical(), places, seed, missing);
        tokens = HashedField.of(features.tokens(), places, seed, missing);
        crosses = features.cross().stream()
                .map(names -> HashedCross.of(names, places, seed, missing))
                .toArray(HashedCross[]::new);
        sparse = SparseField.of(features.hashedFeatures(), places, seed, missing);
        times = features.times().stream()
                .filter(time -> !time.cyclic())
                .map(time -> TimeCategories.of(time, places.time(time, missing), seed))
                .toList();
        steps = spec.model().steps();
    }

    /**
     * Passes the hashed features of a row to a target.
     *
     * @param limit maximum count of words; 0 for all
     */
    void read(Row row, int limit, HashedTarget target) throws InvalidSampleException {
        for (HashedField field : categorical) {
            target.category(field, hash(row, field, field.seed()));
            target.endField();
        }
        for (HashedField field : tokens) {
            readWords(row, field, limit, target);
            target.endField();
        }
        for (HashedCross cross : crosses) {
            target.cross(cross, hash(row, cross));
            target.endField();
        }
        for (SparseField field : sparse) {
            readPairs(row, field, target);
            target.endField();
        }
        for (TimeCategories time : times) {
            time.read(row, target);
        }
    }

    private static int hash(Row row, HashedField field, int seed) throws InvalidSampleException {
        requireText(row, field, "a text");
        return MurmurHash3.hash(row.bytes(), row.textFrom(field.place()), field.end(row), seed);
    }

    private static int hash(Row row, HashedCross cross) throws InvalidSampleException {
        int h = cross.seed();
        for (HashedField field : cross.fields()) {
            h = hash(row, field, h);
        }
        return h;
    }

    /** Reads the words between spaces. In a sequence, each word is a step. */
    private void readWords(Row row, HashedField field, int limit, HashedTarget target) throws InvalidSampleException {
        requireText(row, field, "words between spaces");
        byte[] bytes = row.bytes();
        int end = field.end(row);
        int at = row.textFrom(field.place());
        int words = 0;
        while (at < end && (limit == 0 || words < limit)) {
            int from = at;
            while (at < end && bytes[at] != ' ') {
                at++;
            }
            if (at > from) {
                words++;
                if (steps > 0 && words > steps) {
                    throw InvalidSampleException.of(field.name(), "more words", "up to " + steps);
                }
                target.word(field, MurmurHash3.hash(bytes, from, at, field.seed()), from, at);
            }
            at++;
        }
        if (steps > 0 && words < Math.max(1, limit)) {
            throw InvalidSampleException.of(field.name(), words + " words", Math.max(1, limit) + " to " + steps);
        }
    }

    private static void readPairs(Row row, SparseField sparse, HashedTarget target) throws InvalidSampleException {
        HashedField field = sparse.field();
        if (row.hasSparse(field.place())) {
            readSparse(row, sparse, target);
            return;
        }
        requireText(row, field, "pairs index:value");
        SparsePairs pairs = new SparsePairs(field.name(), row.bytes(), row.textFrom(field.place()), field.end(row));
        while (pairs.next()) {
            target.entry(field, sparse.hash(pairs.index()), pairs.index(), pairs.value());
        }
    }

    private static void readSparse(Row row, SparseField sparse, HashedTarget target) throws InvalidSampleException {
        HashedField field = sparse.field();
        int[] indices = row.sparseIndices(field.place());
        float[] values = row.sparseValues(field.place());
        int length = row.sparseLength(field.place());
        for (int i = 0; i < length; i++) {
            if (indices[i] < 0) {
                throw InvalidSampleException.of(field.name(), i, "index " + indices[i], "at least 0");
            }
            if (!(Math.abs(values[i]) <= Float.MAX_VALUE)) {
                throw InvalidSampleException.of(field.name(), i, values[i], "a finite number");
            }
            target.entry(field, sparse.hash(indices[i]), indices[i], values[i]);
        }
    }

    private static void requireText(Row row, HashedField field, String expected) throws InvalidSampleException {
        if (!row.hasText(field.place()) && !(field.optional() && row.isTextMissing(field.place()))) {
            throw InvalidSampleException.of(field.name(), "missing", expected);
        }
    }
}
