package io.freshet.learning.features;

import io.freshet.learning.spec.FeatureSpec;
import io.freshet.learning.spec.ModelSpec;
import java.util.Arrays;
import java.util.List;

/**
 * Turns a row into a sample for one model: checks the fields, hashes categories, crosses and sparse vectors.
 *
 * <pre>
 *   category c of field f     row = first + (murmur(c, murmur(f, seed)) mod 2^hashBits)              value 1
 *   cross of fields f1, f2    row = first + (murmur(c2, murmur(c1, murmur(f2, murmur(f1, seed')))) mod 2^hashBits)
 *   "index:value" of field f  row = first + (murmur(index, murmur(f, seed)) mod 2^hashBits)          value
 * </pre>
 *
 * {@code first} follows the bias and the numeric features. Rows come out ascending; the values of features that fall on
 * the same row are added. The trainer and the server run this same code. Holds scratch space: one for each thread.
 */
public final class FeatureEncoder {
    private static final int CROSS_SEED = 0x63726f73;

    private final ModelSpec spec;
    private final List<String> numericNames;
    private final int[] numeric;
    private final HashedField[] categorical;
    private final Cross[] crosses;
    private final HashedField[] sparse;
    private final int label;
    private final String weightName;
    private final int weight;
    private final int mask;
    private final int first;

    private long[] order = new long[16];
    private float[] unordered = new float[16];
    private int count;

    private record HashedField(String name, int place, int seed) {}

    private record Cross(HashedField[] fields, int seed) {}

    /** @throws IllegalArgumentException if {@code layout} lacks a field of {@code spec} */
    public FeatureEncoder(ModelSpec spec, RowLayout layout) {
        this.spec = spec;
        FeatureSpec features = spec.features();
        int seed = Long.hashCode(spec.seed());
        numericNames = features.numeric();
        numeric = numericNames.stream()
                .mapToInt(name -> place(layout.number(name), name))
                .toArray();
        categorical = hashedFields(features.categorical(), layout, seed);
        sparse = hashedFields(features.sparse(), layout, seed);
        crosses = features.cross().stream()
                .map(names -> cross(names, layout, seed))
                .toArray(Cross[]::new);
        label = place(layout.number(spec.label()), spec.label());
        weightName = spec.weight() == null ? "" : spec.weight();
        weight = spec.weight() == null ? -1 : place(layout.number(weightName), weightName);
        mask = features.buckets() - 1;
        first = 1 + numeric.length;
    }

    /**
     * Returns the sample to learn from.
     *
     * @param row a record by the layout that this encoder was made for
     * @throws BadSampleException if a field is missing, not finite, or out of range
     */
    public Sample encode(Row row, int partition, long offset) throws BadSampleException {
        double labelValue = required(row, label, spec.label(), "a number");
        String expected = spec.loss().labelExpectation((float) labelValue, spec.outputs());
        if (expected != null) {
            throw BadSampleException.of(spec.label(), labelValue, expected);
        }
        double weightValue = 1;
        if (weight >= 0) {
            weightValue = required(row, weight, weightName, "a number, at least 0");
            if (weightValue < 0) {
                throw BadSampleException.of(weightName, weightValue, "a number, at least 0");
            }
        }
        return encode(row, (float) labelValue, (float) weightValue, partition, offset);
    }

    /**
     * Returns a sample to predict: no label, no weight.
     *
     * @throws BadSampleException if a feature is missing or not finite
     */
    public Sample encodeFeatures(Row row) throws BadSampleException {
        return encode(row, Float.NaN, 1, -1, -1);
    }

    private Sample encode(Row row, float labelValue, float weightValue, int partition, long offset)
            throws BadSampleException {
        double[] numbers = new double[numeric.length];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = required(row, numeric[i], numericNames.get(i), "a number");
        }
        count = 0;
        for (HashedField field : categorical) {
            add(hash(row, field, field.seed), 1);
        }
        for (Cross cross : crosses) {
            int h = cross.seed;
            for (HashedField field : cross.fields) {
                h = hash(row, field, h);
            }
            add(h, 1);
        }
        for (HashedField field : sparse) {
            addPairs(row, field);
        }
        int distinct = mergeRows();
        int[] rows = new int[distinct];
        float[] values = new float[distinct];
        for (int i = 0; i < distinct; i++) {
            rows[i] = (int) (order[i] >>> 32);
            values[i] = unordered[(int) order[i]];
            if (!(Math.abs(values[i]) <= Float.MAX_VALUE)) {
                throw BadSampleException.of(
                        String.join(", ", spec.features().sparse()),
                        values[i],
                        "values of one row that add up to a float");
            }
        }
        return new Sample(numbers, rows, values, labelValue, weightValue, partition, offset, row.eventTime());
    }

    private static double required(Row row, int place, String name, String expected) throws BadSampleException {
        double value = row.number(place);
        if (Math.abs(value) <= Float.MAX_VALUE) {
            return value;
        }
        throw BadSampleException.of(name, row.hasNumber(place) ? value : "missing", expected);
    }

    private static int hash(Row row, HashedField field, int seed) throws BadSampleException {
        if (!row.hasText(field.place)) {
            throw BadSampleException.of(field.name, "missing", "a text");
        }
        return MurmurHash3.hash(row.bytes(), row.textFrom(field.place), row.textTo(field.place), seed);
    }

    private void addPairs(Row row, HashedField field) throws BadSampleException {
        if (!row.hasText(field.place)) {
            throw BadSampleException.of(field.name, "missing", "pairs index:value");
        }
        SparsePairs pairs =
                new SparsePairs(field.name, row.bytes(), row.textFrom(field.place), row.textTo(field.place));
        while (pairs.next()) {
            add(MurmurHash3.hash(pairs.index(), field.seed), pairs.value());
        }
    }

    private void add(int hash, float value) {
        if (count == order.length) {
            order = Arrays.copyOf(order, count * 2);
            unordered = Arrays.copyOf(unordered, count * 2);
        }
        order[count] = (long) (first + (hash & mask)) << 32 | count;
        unordered[count++] = value;
    }

    /** Sorts by row and adds up what falls on the same one, in the order it was added; returns how many rows are left. */
    private int mergeRows() {
        Arrays.sort(order, 0, count);
        int distinct = 0;
        for (int i = 0; i < count; i++) {
            if (distinct > 0 && order[i] >>> 32 == order[distinct - 1] >>> 32) {
                unordered[(int) order[distinct - 1]] += unordered[(int) order[i]];
            } else {
                order[distinct++] = order[i];
            }
        }
        return distinct;
    }

    private static HashedField[] hashedFields(List<String> names, RowLayout layout, int seed) {
        return names.stream()
                .map(name -> new HashedField(name, place(layout.text(name), name), MurmurHash3.hash(name, seed)))
                .toArray(HashedField[]::new);
    }

    private static Cross cross(List<String> names, RowLayout layout, int seed) {
        int h = seed ^ CROSS_SEED;
        for (String name : names) {
            h = MurmurHash3.hash(name, h);
        }
        return new Cross(hashedFields(names, layout, seed), h);
    }

    private static int place(int place, String name) {
        if (place < 0) {
            throw new IllegalArgumentException("layout: no field " + name + " (expected: every field of the model)");
        }
        return place;
    }
}
