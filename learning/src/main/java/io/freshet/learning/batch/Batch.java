package io.freshet.learning.batch;

import io.freshet.learning.features.Sample;
import io.freshet.learning.features.Standardizer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Samples packed for matrix arithmetic: features as a sparse matrix by rows, as a dense matrix, or both, with the
 * label, weight and origin of each sample.
 *
 * <p>In the sparse matrix, entry i is the feature row {@code rows[i]} with the value {@code values[i]}. Row 0 is the
 * bias, followed by the standardized numbers and then the hashed features. A model with a dense matrix has its numbers
 * there, a row for each sample, or for each step of a sequence.
 *
 * <p>Arrays grow as needed and are reused: adding a sample allocates nothing once they are large enough. A batch that
 * never held a sample has empty arrays.
 */
public final class Batch {
    private static final int[] NO_INTS = {};
    private static final float[] NO_FLOATS = {};
    private static final double[] NO_DOUBLES = {};
    /** The start of the first sample of an empty batch; never written to. */
    private static final int[] NO_STARTS = {0};

    private final BatchShape shape;
    private int size;
    private int[] start = NO_STARTS;
    private int[] rows = NO_INTS;
    private float[] values = NO_FLOATS;
    private int[] ends = NO_INTS;
    private float[] matrix = NO_FLOATS;
    private int[] steps = NO_INTS;
    private float[] labels = NO_FLOATS;
    private float[] weight = NO_FLOATS;
    private final Origins origins = new Origins();
    /** Null unless the numbers are not standardized yet. */
    private @Nullable RawNumbers raw;

    public Batch(BatchShape shape) {
        this.shape = shape;
    }

    public BatchShape shape() {
        return shape;
    }

    /**
     * Packs a sample.
     *
     * @param moments to standardize by; they already include the sample
     */
    public void add(Sample sample, Standardizer standardizer, double[] moments) {
        if (raw != null) {
            throw new IllegalStateException("a standardized sample among raw ones");
        }
        int place = addAllButNumbers(sample);
        if (sample.numeric().length + sample.dense().length > 0) {
            standardizer.write(moments, sample, numbers(), place);
        }
    }

    /** Packs a sample whose numbers {@link #standardize} standardizes later, with those of the whole batch. */
    public void addRaw(Sample sample) {
        double[] numeric = sample.numeric();
        if (raw == null) {
            if (size > 0) {
                throw new IllegalStateException("a raw sample among standardized ones");
            }
            raw = new RawNumbers(numeric.length);
        }
        raw.set(size, numeric);
        float[] dense = sample.dense();
        int place = addAllButNumbers(sample);
        System.arraycopy(dense, 0, numbers(), place + numeric.length, dense.length);
    }

    /** Standardizes the numbers of raw samples, all by the same moments; does nothing if they are standardized. */
    public void standardize(Standardizer standardizer, double[] moments) {
        if (raw == null) {
            return;
        }
        for (int i = 0; i < size; i++) {
            raw.standardize(standardizer, moments, i, numbers(), numbersFrom(i), steps[i]);
        }
        raw = null;
    }

    /** Adds a sample without its numbers; returns where these start in {@link #numbers}. */
    private int addAllButNumbers(Sample sample) {
        int numbers = sample.numeric().length + sample.dense().length;
        int hashed = sample.rows().length;
        int from = start[size];
        int first = shape.numbersAsRows() ? from + 1 + numbers : from;
        reserve(size + 1, first + hashed);
        if (shape.numbersAsRows()) {
            rows[from] = 0;
            values[from] = 1;
        }
        int place = addNumbers(numbers);
        System.arraycopy(sample.rows(), 0, rows, first, hashed);
        System.arraycopy(sample.values(), 0, values, first, hashed);
        if (shape.fields() > 0) {
            addEnds(sample.ends(), first);
        }
        steps[size] = shape.steps() == 1 ? 1 : sequenceLength(sample, numbers);
        addLabel(sample.label());
        weight[size] = sample.weight();
        origins.set(size, sample);
        size++;
        start[size] = first + hashed;
        return place;
    }

    /** Adds space for the numbers of a sample; returns where they start. */
    private int addNumbers(int numbers) {
        if (shape.numbersAsRows()) {
            int from = start[size] + 1;
            for (int i = 0; i < numbers; i++) {
                rows[from + i] = 1 + i;
            }
            return from;
        }
        int width = shape.matrixLength();
        Arrays.fill(matrix, size * width + numbers, (size + 1) * width, 0);
        return size * width;
    }

    /** Returns where the numbers of a sample start in {@link #numbers}. */
    private int numbersFrom(int sample) {
        return shape.numbersAsRows() ? start[sample] + 1 : sample * shape.matrixLength();
    }

    /** Returns the array that holds the numbers of the samples. */
    private float[] numbers() {
        return shape.numbersAsRows() ? values : matrix;
    }

    private void addEnds(int[] sampleEnds, int from) {
        for (int field = 0; field < sampleEnds.length; field++) {
            ends[size * shape.fields() + field] = from + sampleEnds[field];
        }
    }

    private void addLabel(float[] label) {
        int length = shape.labelLength();
        int at = size * length;
        if (length == 1 && label.length == 1) {
            labels[at] = label[0];
        } else {
            System.arraycopy(label, 0, labels, at, label.length);
            Arrays.fill(labels, at + label.length, at + length, Float.NaN);
        }
    }

    private int sequenceLength(Sample sample, int numbers) {
        return shape.matrix() > 0 ? numbers / shape.matrix() : sample.rows().length;
    }

    public void clear() {
        size = 0;
        raw = null;
    }

    /** Returns whether it holds samples whose numbers are not standardized yet. */
    public boolean isRaw() {
        return raw != null;
    }

    /** Returns a copy of the numeric features of raw samples, sample by sample; length 0 if they are standardized. */
    public double[] numeric() {
        return raw == null ? NO_DOUBLES : raw.toArray(size);
    }

    /** Returns the size of the arrays in bytes. */
    public long bytes() {
        long ints = (long) start.length + rows.length + ends.length + steps.length;
        long floats = (long) values.length + matrix.length + labels.length + weight.length;
        long raws = raw == null ? 0 : raw.capacity();
        return Integer.BYTES * ints + Float.BYTES * floats + origins.bytes() + Double.BYTES * raws;
    }

    /**
     * Removes samples, and keeps the order of the others; all must be standardized.
     *
     * @param removed true for each sample to remove
     */
    public void remove(boolean[] removed) {
        Batch kept = new Batch(shape);
        for (int i = 0; i < size; i++) {
            if (!removed[i]) {
                kept.restore(get(i));
            }
        }
        size = 0;
        for (int i = 0; i < kept.size; i++) {
            restore(kept.get(i));
        }
    }

    /** Returns the largest magnitude of a sample's values; NaN if one is NaN. */
    public float largestMagnitude(int sample) {
        // Without their sign, the bits of floats have the order of the floats. Four lanes break the dependency chain.
        float[] all = values;
        int to = start[sample + 1];
        int i = start[sample];
        int a = 0;
        int b = 0;
        int c = 0;
        int d = 0;
        for (; i < to - 3; i += 4) {
            a = Math.max(a, Float.floatToRawIntBits(all[i]) & Integer.MAX_VALUE);
            b = Math.max(b, Float.floatToRawIntBits(all[i + 1]) & Integer.MAX_VALUE);
            c = Math.max(c, Float.floatToRawIntBits(all[i + 2]) & Integer.MAX_VALUE);
            d = Math.max(d, Float.floatToRawIntBits(all[i + 3]) & Integer.MAX_VALUE);
        }
        for (; i < to; i++) {
            a = Math.max(a, Float.floatToRawIntBits(all[i]) & Integer.MAX_VALUE);
        }
        return Float.intBitsToFloat(Math.max(Math.max(a, b), Math.max(c, d)));
    }

    /** Returns the number of samples. */
    public int size() {
        return size;
    }

    /** Returns where the entries of a sample start in {@link #rows}. */
    public int from(int sample) {
        return start[sample];
    }

    /** Returns the index after a sample's last entry in {@link #rows}. */
    public int to(int sample) {
        return start[sample + 1];
    }

    /** Returns where the entries of a hashed field of a sample end, which is where those of the next field start. */
    public int end(int sample, int field) {
        return ends[sample * shape.fields() + field];
    }

    /** Returns the feature row of each entry; good until a sample is added. */
    public int[] rows() {
        return rows;
    }

    /** Returns the value of each entry; good until a sample is added. */
    public float[] values() {
        return values;
    }

    /** Returns the dense matrix; sample i has [i * steps * matrix, (i + 1) * steps * matrix), in terms of the shape. */
    public float[] matrix() {
        return matrix;
    }

    /** Returns the length of a sequence; 1 for a single sample. */
    public int steps(int sample) {
        return steps[sample];
    }

    /** Returns the labels, sample by sample; a shorter label is padded with NaN. */
    public float[] labels() {
        return labels;
    }

    public float weight(int sample) {
        return weight[sample];
    }

    public int partition(int sample) {
        return origins.partition(sample);
    }

    public long offset(int sample) {
        return origins.offset(sample);
    }

    public long eventTime(int sample) {
        return origins.eventTime(sample);
    }

    /** Returns a copy that shares nothing. */
    public Batch copy() {
        Batch copy = new Batch(shape);
        for (int i = 0; i < size; i++) {
            copy.restore(get(i));
        }
        if (raw != null) {
            copy.restoreRaw(numeric());
        }
        return copy;
    }

    /** Returns a copy of a sample, which {@link #restore} can add to a batch of the same shape. */
    public PackedSample get(int sample) {
        int from = start[sample];
        int to = start[sample + 1];
        int[] sampleEnds = Arrays.copyOfRange(ends, sample * shape.fields(), (sample + 1) * shape.fields());
        for (int i = 0; i < sampleEnds.length; i++) {
            sampleEnds[i] -= from;
        }
        int labelLength = shape.labelLength();
        return new PackedSample(
                new PackedSample.Features(
                        Arrays.copyOfRange(rows, from, to),
                        Arrays.copyOfRange(values, from, to),
                        sampleEnds,
                        matrix(sample),
                        steps[sample]),
                Arrays.copyOfRange(labels, sample * labelLength, (sample + 1) * labelLength),
                weight[sample],
                origins.get(sample));
    }

    private float[] matrix(int sample) {
        int width = shape.matrixLength();
        return Arrays.copyOfRange(matrix, sample * width, (sample + 1) * width);
    }

    /** Adds a sample that {@link #get} returned. */
    public void restore(PackedSample sample) {
        PackedSample.Features features = sample.features();
        int entries = features.rows().length;
        int from = start[size];
        reserve(size + 1, from + entries);
        System.arraycopy(features.rows(), 0, rows, from, entries);
        System.arraycopy(features.values(), 0, values, from, entries);
        addEnds(features.ends(), from);
        int width = features.matrix().length;
        System.arraycopy(features.matrix(), 0, matrix, size * width, width);
        steps[size] = features.steps();
        int labelLength = sample.label().length;
        System.arraycopy(sample.label(), 0, labels, size * labelLength, labelLength);
        weight[size] = sample.weight();
        origins.set(size, sample.origin());
        size++;
        start[size] = from + entries;
    }

    /** Marks the restored samples as raw, with their {@link #numeric} features. */
    public void restoreRaw(double[] numeric) {
        raw = RawNumbers.of(numeric, size);
    }

    private void reserve(int samples, int entries) {
        if (samples > weight.length) {
            int capacity = weight.length == 0 ? samples : samples * 2;
            start = Arrays.copyOf(start, capacity + 1);
            ends = Arrays.copyOf(ends, capacity * shape.fields());
            matrix = Arrays.copyOf(matrix, Math.multiplyExact(capacity, shape.matrixLength()));
            steps = Arrays.copyOf(steps, capacity);
            labels = Arrays.copyOf(labels, Math.multiplyExact(capacity, shape.labelLength()));
            weight = Arrays.copyOf(weight, capacity);
            origins.reserve(capacity);
        }
        if (entries > rows.length) {
            int capacity = rows.length == 0 ? entries : entries * 2;
            rows = Arrays.copyOf(rows, capacity);
            values = Arrays.copyOf(values, capacity);
        }
    }
}
