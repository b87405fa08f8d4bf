package io.freshet.learning.encode;

import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.MurmurHash3;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.features.Sample;
import io.freshet.learning.spec.FeatureSpec;
import io.freshet.learning.spec.ModelSpec;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Turns a row into a sample for one model: checks the fields, hashes categories, words, crosses and sparse vectors.
 *
 * <pre>
 *   category c of field f     row = first + (murmur(c, murmur(f, seed)) mod 2^hashBits)              value 1
 *   word t of field f         row = first + (murmur(t, murmur(f, seed)) mod 2^hashBits)              value 1 for each
 *   cross of fields f1, f2    row = first + (murmur(c2, murmur(c1, murmur(f2, murmur(f1, seed')))) mod 2^hashBits)
 *   "index:value" of field f  row = first + (murmur(index, murmur(f, seed)) mod 2^hashBits)          value
 * </pre>
 *
 * {@code first} follows the bias and the numbers. Rows come out ascending, and the values of features that fall on the
 * same row are added: over all fields, or field by field for a model that keeps fields apart. Of a sequence, the words
 * stay as they come, one a step. The trainer and the server run this same code. Holds scratch space: one for each thread.
 */
public final class FeatureEncoder {
    private static final int CROSS_SEED = 0x63726f73;
    private static final int HOLDOUT_SEED = 0x686f6c64;
    private static final float[] NO_LABEL = {};
    private static final String WEIGHT = "a number from 0 to 3.4e38";

    private final ModelSpec spec;
    private final List<String> numericNames;
    private final int[] numeric;
    private final VectorReader dense;
    private final int denseLength;
    private final HashedField[] categorical;
    private final HashedField[] tokens;
    private final Cross[] crosses;
    private final HashedField[] sparse;
    private final LabelReader label;
    private final int weight;
    private final int samplingRate;
    private final int id;
    private final int mask;
    private final int first;
    private final boolean byField;
    private final int steps;
    private final @Nullable SequenceLength length;
    private final int holdoutSeed;

    private long[] order = new long[16];
    private float[] unordered = new float[16];
    private int count;
    private int used;

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
        steps = spec.model().steps();
        String lengthName = features.length();
        length = lengthName == null
                ? null
                : new SequenceLength(lengthName, place(layout.number(lengthName), lengthName), steps);
        dense = new VectorReader(
                features.dense().stream()
                        .map(vector -> new VectorReader.Field(
                                vector.field(),
                                place(layout.vector(vector.field()), vector.field()),
                                vector.length(),
                                (float) vector.divide()))
                        .toList(),
                steps);
        denseLength = features.denseLength();
        categorical = hashedFields(features.categorical(), layout, seed);
        tokens = hashedFields(features.tokens(), layout, seed);
        sparse = hashedFields(features.sparse(), layout, seed);
        crosses = features.cross().stream()
                .map(names -> cross(names, layout, seed))
                .toArray(Cross[]::new);
        label = new LabelReader(spec, layout);
        weight = optional(
                layout.number(text(spec.fields().weight())), spec.fields().weight());
        samplingRate = optional(
                layout.number(text(spec.fields().samplingRate())), spec.fields().samplingRate());
        id = optional(layout.text(text(spec.fields().id())), spec.fields().id());
        mask = features.buckets() - 1;
        first = 1 + features.numbers();
        byField = spec.model().separatesFields();
        holdoutSeed = MurmurHash3.hash(HOLDOUT_SEED, seed);
    }

    /**
     * Returns the sample to learn from.
     *
     * @param row a record by the layout that this encoder was made for
     * @throws InvalidSampleException if a field is missing, not finite, or out of range
     */
    public Sample encode(Row row, int partition, long offset) throws InvalidSampleException {
        int limit = limit(row);
        float[] labelValue = label.read(row, limit);
        double weightValue = 1;
        if (weight >= 0) {
            weightValue = required(row, weight, text(spec.fields().weight()), WEIGHT);
            if (weightValue < 0) {
                throw InvalidSampleException.of(text(spec.fields().weight()), weightValue, WEIGHT);
            }
        }
        if (samplingRate >= 0) {
            double rate = rate(row);
            if (!((float) (weightValue / rate) <= Float.MAX_VALUE)) {
                throw InvalidSampleException.of(
                        text(spec.fields().weight()),
                        weightValue,
                        "a number that divided by " + rate + " fits a float");
            }
            weightValue /= rate;
        }
        boolean held = spec.holdout() > 0 && held(row);
        Sample sample = encode(row, limit, labelValue, (float) weightValue, held, partition, offset);
        if (steps > 0 && labelValue.length != stepsOf(sample)) {
            throw InvalidSampleException.of(
                    spec.label(), labelValue.length + " classes", "one for each of " + stepsOf(sample) + " steps");
        }
        return sample;
    }

    /**
     * Returns a sample to predict: no label, no weight.
     *
     * @throws InvalidSampleException if a feature is missing or not finite
     */
    public Sample encodeFeatures(Row row) throws InvalidSampleException {
        return encode(row, limit(row), NO_LABEL, 1, false, -1, -1);
    }

    /** Returns how many steps count by the field that says so, or 0 if there is none. */
    private int limit(Row row) throws InvalidSampleException {
        return length == null ? 0 : length.read(row);
    }

    private double rate(Row row) throws InvalidSampleException {
        String name = text(spec.fields().samplingRate());
        double rate = required(row, samplingRate, name, "a probability in [1e-6, 1]");
        if (!(rate >= 1e-6 && rate <= 1)) {
            throw InvalidSampleException.of(name, rate, "a probability in [1e-6, 1]");
        }
        return rate;
    }

    /** Whether the hash of the record's identity falls on the share that is held out. */
    private boolean held(Row row) throws InvalidSampleException {
        int hash;
        if (id >= 0) {
            if (!row.hasText(id)) {
                throw InvalidSampleException.of(text(spec.fields().id()), "missing", "a text");
            }
            hash = MurmurHash3.hash(row.bytes(), row.textFrom(id), row.textTo(id), holdoutSeed);
        } else if (!row.hasId()) {
            throw InvalidSampleException.of("id", "missing", "an identity, by whose hash samples are held out");
        } else {
            hash = MurmurHash3.hash(row.idBytes(), row.idFrom(), row.idTo(), holdoutSeed);
        }
        return (hash & 0xffff_ffffL) < spec.holdout() * 0x1p32;
    }

    private Sample encode(
            Row row, int limit, float[] labelValue, float weightValue, boolean holdout, int partition, long offset)
            throws InvalidSampleException {
        double[] numbers = new double[numeric.length];
        for (int i = 0; i < numbers.length; i++) {
            double value = row.number(numeric[i]);
            numbers[i] = required(row, numeric[i], numericNames.get(i), InvalidSampleException.expectedNumber(value));
        }
        float[] vectors = dense.read(row, limit);
        count = 0;
        used = 0;
        int[] ends = new int[byField ? spec.features().hashedFields() : 0];
        int distinct = byField ? encodeByField(row, ends) : encodeTogether(row, limit);
        int[] rows = new int[distinct];
        float[] values = new float[distinct];
        for (int i = 0; i < distinct; i++) {
            rows[i] = (int) (order[i] >>> 32);
            values[i] = unordered[(int) order[i]];
            if (!(Math.abs(values[i]) <= Float.MAX_VALUE)) {
                throw InvalidSampleException.of(
                        String.join(", ", spec.features().sparse()),
                        values[i],
                        "values of one row that add up to a float");
            }
        }
        Sample sample = new Sample(
                new Sample.Features(numbers, vectors, rows, ends, values),
                labelValue,
                weightValue,
                holdout,
                new Sample.Position(partition, offset, row.eventTime(), row.epoch()));
        if (steps > 0 && tokens.length > 0 && rows.length != stepsOf(sample)) {
            throw InvalidSampleException.of(
                    tokens[0].name, rows.length + " words", "one for each of " + stepsOf(sample) + " steps");
        }
        return sample;
    }

    /** Returns the steps of a sequence: by its vectors, or by its words if it has none. */
    private int stepsOf(Sample sample) {
        return denseLength > 0 ? sample.dense().length / denseLength : sample.rows().length;
    }

    private int encodeTogether(Row row, int limit) throws InvalidSampleException {
        for (HashedField field : categorical) {
            add(hash(row, field, field.seed), 1);
        }
        for (HashedField field : tokens) {
            addTokens(row, field, limit);
        }
        for (Cross cross : crosses) {
            add(hash(row, cross), 1);
        }
        for (HashedField field : sparse) {
            addPairs(row, field);
        }
        return steps > 0 ? count : mergeRows(0);
    }

    private int encodeByField(Row row, int[] ends) throws InvalidSampleException {
        int field = 0;
        for (HashedField category : categorical) {
            add(hash(row, category, category.seed), 1);
            ends[field++] = count;
        }
        for (HashedField words : tokens) {
            int from = count;
            addTokens(row, words, 0);
            count = mergeRows(from);
            ends[field++] = count;
        }
        for (Cross cross : crosses) {
            add(hash(row, cross), 1);
            ends[field++] = count;
        }
        for (HashedField pairs : sparse) {
            int from = count;
            addPairs(row, pairs);
            count = mergeRows(from);
            ends[field++] = count;
        }
        return count;
    }

    private static double required(Row row, int place, String name, String expected) throws InvalidSampleException {
        double value = row.number(place);
        if (Math.abs(value) <= Float.MAX_VALUE) {
            return value;
        }
        throw InvalidSampleException.of(name, row.hasNumber(place) ? value : "missing", expected);
    }

    private static int hash(Row row, HashedField field, int seed) throws InvalidSampleException {
        if (!row.hasText(field.place)) {
            throw InvalidSampleException.of(field.name, "missing", "a text");
        }
        return MurmurHash3.hash(row.bytes(), row.textFrom(field.place), row.textTo(field.place), seed);
    }

    private static int hash(Row row, Cross cross) throws InvalidSampleException {
        int h = cross.seed;
        for (HashedField field : cross.fields) {
            h = hash(row, field, h);
        }
        return h;
    }

    /** Adds the words between spaces; of a sequence whose steps are limited, as many. */
    private void addTokens(Row row, HashedField field, int limit) throws InvalidSampleException {
        if (!row.hasText(field.place)) {
            throw InvalidSampleException.of(field.name, "missing", "words between spaces");
        }
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
                add(MurmurHash3.hash(bytes, from, at, field.seed), 1);
            }
            at++;
        }
        if (steps > 0 && words < Math.max(1, limit)) {
            throw InvalidSampleException.of(field.name, words + " words", Math.max(1, limit) + " to " + steps);
        }
    }

    private void addPairs(Row row, HashedField field) throws InvalidSampleException {
        if (!row.hasText(field.place)) {
            throw InvalidSampleException.of(field.name, "missing", "pairs index:value");
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
        }
        if (used == unordered.length) {
            unordered = Arrays.copyOf(unordered, used * 2);
        }
        order[count++] = (long) (first + (hash & mask)) << 32 | used;
        unordered[used++] = value;
    }

    /**
     * Sorts what was added from {@code from} on by row and adds up what falls on the same one, in the order it was added;
     * returns where what is left ends.
     */
    private int mergeRows(int from) {
        Arrays.sort(order, from, count);
        int end = from;
        for (int i = from; i < count; i++) {
            if (end > from && order[i] >>> 32 == order[end - 1] >>> 32) {
                unordered[(int) order[end - 1]] += unordered[(int) order[i]];
            } else {
                order[end++] = order[i];
            }
        }
        return end;
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

    private static int optional(int place, @Nullable String name) {
        return name == null ? -1 : place(place, name);
    }

    private static String text(@Nullable String name) {
        return name == null ? "" : name;
    }
}
