package io.freshet.learning.batch;

import io.freshet.learning.features.Sample;
import io.freshet.learning.features.Standardizer;
import java.util.Arrays;

/**
 * Samples packed for matrix arithmetic: features as a sparse matrix by rows, as a dense matrix, or as both; and beside
 * each sample its label, its weight and where it came from.
 *
 * <p>In the sparse matrix, entry i says that feature row {@code rows[i]} has {@code values[i]}. Row 0 is the bias; then
 * come the numbers, standardised; then the hashed features. A model with a dense matrix has the numbers there, a row for
 * each sample, or for each step of it. Grows as needed and is used again: adding a sample allocates nothing once it is
 * large enough, and one that never had a sample takes no room for any.
 */
public final class Batch {
    private static final int[] NO_INTS = {};
    private static final long[] NO_LONGS = {};
    private static final float[] NO_FLOATS = {};
    private static final double[] NO_DOUBLES = {};
    /** Where the first of no samples would start; never written to. */
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
    private int[] partition = NO_INTS;
    private long[] offset = NO_LONGS;
    private long[] eventTime = NO_LONGS;
    /** Whether the numbers are not standardised yet. */
    private boolean raw;
    /** Of samples that are not, the numeric features, which as floats would lose what sets them apart. */
    private double[] numeric = NO_DOUBLES;

    private int numericLength;

    public Batch(BatchShape shape) {
        this.shape = shape;
    }

    public BatchShape shape() {
        return shape;
    }

    /**
     * Packs a sample.
     *
     * @param moments to standardise by, as if the sample had been taken in
     */
    public void add(Sample sample, Standardizer standardizer, double[] moments) {
        if (raw) {
            throw new IllegalStateException("a sample that is standardised, among others that are not");
        }
        int place = addAllBut(sample);
        if (sample.numeric().length + sample.dense().length > 0) {
            standardizer.write(moments, sample, numbers(), place);
        }
    }

    /** Packs a sample whose numbers are standardised later, as are those of all others of the batch: {@link #standardize}. */
    public void addRaw(Sample sample) {
        if (!raw && size > 0) {
            throw new IllegalStateException("a sample that is not standardised, among others that are");
        }
        raw = true;
        numericLength = sample.numeric().length;
        int from = size * numericLength;
        if (numeric.length < from + numericLength) {
            numeric = Arrays.copyOf(numeric, Math.multiplyExact(size + 1, 2 * numericLength));
        }
        System.arraycopy(sample.numeric(), 0, numeric, from, numericLength);
        float[] dense = sample.dense();
        int place = addAllBut(sample);
        System.arraycopy(dense, 0, numbers(), place + numericLength, dense.length);
    }

    /** Standardises the numbers of samples that were packed without: all by the same moments, which stay as they are. */
    public void standardize(Standardizer standardizer, double[] moments) {
        if (!raw) {
            return;
        }
        for (int i = 0; i < size; i++) {
            standardizer.write(moments, numeric, i * numericLength, numbers(), numbersFrom(i), steps[i]);
        }
        raw = false;
        numeric = NO_DOUBLES;
    }

    /** Adds all of a sample but its numbers; returns where these are to stand. */
    private int addAllBut(Sample sample) {
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
        partition[size] = sample.partition();
        offset[size] = sample.offset();
        eventTime[size] = sample.eventTime();
        size++;
        start[size] = first + hashed;
        return place;
    }

    /** Makes room for the numbers of a sample; returns where they are to stand. */
    private int addNumbers(int numbers) {
        if (shape.numbersAsRows()) {
            int from = start[size] + 1;
            for (int i = 0; i < numbers; i++) {
                rows[from + i] = 1 + i;
            }
            return from;
        }
        int width = shape.matrix() * shape.steps();
        Arrays.fill(matrix, size * width + numbers, (size + 1) * width, 0);
        return size * width;
    }

    /** Returns where the numbers of a sample stand in {@link #numbers}. */
    private int numbersFrom(int sample) {
        return shape.numbersAsRows() ? start[sample] + 1 : sample * shape.matrix() * shape.steps();
    }

    /** Returns the array that has the numbers of the samples. */
    private float[] numbers() {
        return shape.numbersAsRows() ? values : matrix;
    }

    private void addEnds(int[] sampleEnds, int from) {
        for (int field = 0; field < shape.fields(); field++) {
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
        raw = false;
    }

    /** Whether it has samples whose numbers are not standardised yet. */
    public boolean isRaw() {
        return raw;
    }

    /** Returns the numeric features of the samples if they are not standardised yet, one sample behind the other. */
    public double[] numeric() {
        return raw ? Arrays.copyOf(numeric, size * numericLength) : NO_DOUBLES;
    }

    /** Returns how many bytes its arrays take. */
    public long bytes() {
        long ints = (long) start.length + rows.length + ends.length + steps.length + partition.length;
        long floats = (long) values.length + matrix.length + labels.length + weight.length;
        long longs = (long) offset.length + eventTime.length + numeric.length;
        return Integer.BYTES * ints + Float.BYTES * floats + Long.BYTES * longs;
    }

    /** Takes samples, all standardised, out, keeping the order of the others: those for which {@code gone} is true. */
    public void remove(boolean[] gone) {
        Batch kept = new Batch(shape);
        for (int i = 0; i < size; i++) {
            if (!gone[i]) {
                kept.addPacked(this, i);
            }
        }
        size = 0;
        for (int i = 0; i < kept.size; i++) {
            addPacked(kept, i);
        }
    }

    /** Returns the largest magnitude among a sample's values; not a number if one is not. */
    public float largest(int sample) {
        // Without their sign, the bits of floats have the order of the floats. Four side by side, as one would wait.
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

    public int to(int sample) {
        return start[sample + 1];
    }

    /** Returns where the entries of a hashed field of a sample end; they start where those of the field before it end. */
    public int end(int sample, int field) {
        return ends[sample * shape.fields() + field];
    }

    public int[] rows() {
        return rows;
    }

    public float[] values() {
        return values;
    }

    /** Returns the dense matrix: sample i has [i * steps * matrix, (i + 1) * steps * matrix) of the shape's. */
    public float[] matrix() {
        return matrix;
    }

    /** Returns how many steps of a sample count. */
    public int steps(int sample) {
        return steps[sample];
    }

    /** Returns the labels, one after the other; the places behind a shorter one are not a number. */
    public float[] labels() {
        return labels;
    }

    public float weight(int sample) {
        return weight[sample];
    }

    public int partition(int sample) {
        return partition[sample];
    }

    public long offset(int sample) {
        return offset[sample];
    }

    public long eventTime(int sample) {
        return eventTime[sample];
    }

    /** Returns a copy that shares nothing. */
    public Batch copy() {
        Batch copy = new Batch(shape);
        for (int i = 0; i < size; i++) {
            copy.addPacked(this, i);
        }
        if (raw) {
            copy.restoreRaw(numeric());
        }
        return copy;
    }

    /** Adds a sample as another batch of the same shape has it. */
    private void addPacked(Batch other, int i) {
        restore(
                Arrays.copyOfRange(other.rows, other.start[i], other.start[i + 1]),
                Arrays.copyOfRange(other.values, other.start[i], other.start[i + 1]),
                other.ends(i),
                other.row(i),
                other.steps[i],
                other.label(i),
                other.weight[i],
                other.partition[i],
                other.offset[i],
                other.eventTime[i]);
    }

    /** Returns the ends of a sample's hashed fields, from the start of the sample. */
    public int[] ends(int sample) {
        int[] result = Arrays.copyOfRange(ends, sample * shape.fields(), (sample + 1) * shape.fields());
        for (int i = 0; i < result.length; i++) {
            result[i] -= start[sample];
        }
        return result;
    }

    /** Returns a sample's part of the dense matrix. */
    public float[] row(int sample) {
        int width = shape.matrix() * shape.steps();
        return Arrays.copyOfRange(matrix, sample * width, (sample + 1) * width);
    }

    public float[] label(int sample) {
        return Arrays.copyOfRange(labels, sample * shape.labelLength(), (sample + 1) * shape.labelLength());
    }

    /** Adds a sample as it was packed before, to bring a batch back from a checkpoint. */
    public void restore(
            int[] sampleRows,
            float[] sampleValues,
            int[] sampleEnds,
            float[] sampleMatrix,
            int sampleSteps,
            float[] sampleLabel,
            float sampleWeight,
            int samplePartition,
            long sampleOffset,
            long sampleEventTime) {
        int from = start[size];
        reserve(size + 1, from + sampleRows.length);
        System.arraycopy(sampleRows, 0, rows, from, sampleRows.length);
        System.arraycopy(sampleValues, 0, values, from, sampleRows.length);
        for (int field = 0; field < sampleEnds.length; field++) {
            ends[size * shape.fields() + field] = from + sampleEnds[field];
        }
        System.arraycopy(sampleMatrix, 0, matrix, size * sampleMatrix.length, sampleMatrix.length);
        steps[size] = sampleSteps;
        System.arraycopy(sampleLabel, 0, labels, size * sampleLabel.length, sampleLabel.length);
        weight[size] = sampleWeight;
        partition[size] = samplePartition;
        offset[size] = sampleOffset;
        eventTime[size] = sampleEventTime;
        size++;
        start[size] = from + sampleRows.length;
    }

    /** Says that the samples that were restored are not standardised yet, and what their {@link #numeric} features are. */
    public void restoreRaw(double[] features) {
        raw = true;
        numeric = features;
        numericLength = features.length / Math.max(1, size);
    }

    private void reserve(int samples, int entries) {
        if (samples > weight.length) {
            int capacity = weight.length == 0 ? samples : samples * 2;
            start = Arrays.copyOf(start, capacity + 1);
            ends = Arrays.copyOf(ends, capacity * shape.fields());
            matrix = Arrays.copyOf(matrix, Math.multiplyExact(capacity, shape.matrix() * shape.steps()));
            steps = Arrays.copyOf(steps, capacity);
            labels = Arrays.copyOf(labels, Math.multiplyExact(capacity, shape.labelLength()));
            weight = Arrays.copyOf(weight, capacity);
            partition = Arrays.copyOf(partition, capacity);
            offset = Arrays.copyOf(offset, capacity);
            eventTime = Arrays.copyOf(eventTime, capacity);
        }
        if (entries > rows.length) {
            int capacity = rows.length == 0 ? entries : entries * 2;
            rows = Arrays.copyOf(rows, capacity);
            values = Arrays.copyOf(values, capacity);
        }
    }
}
