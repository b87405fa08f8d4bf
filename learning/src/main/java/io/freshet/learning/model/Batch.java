package io.freshet.learning.model;

import io.freshet.learning.features.Moments;
import io.freshet.learning.features.Sample;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Samples packed as a sparse matrix by rows: entry i says that feature row {@code rows[i]} has {@code values[i]}.
 *
 * <p>Row 0 is the bias with value 1; then come the numeric features, standardised; then the hashed ones. Beside each
 * sample stand where it came from and the gradient of its logits. Grows as needed and is used again: adding a sample
 * allocates nothing once it is large enough.
 */
public final class Batch {
    private final int outputs;
    private int size;
    private int[] start = new int[2];
    private int[] rows = new int[16];
    private float[] values = new float[16];
    private float[] delta;
    private float[] weight = new float[1];
    private int[] partition = new int[1];
    private long[] offset = new long[1];
    private long[] eventTime = new long[1];

    /** @param outputs logits of a sample, K */
    public Batch(int outputs) {
        this.outputs = outputs;
        delta = new float[outputs];
    }

    /**
     * Packs a sample.
     *
     * @param moments to standardise by, as if the sample had been taken in; null to leave numbers as they are
     */
    public void add(Sample sample, double @Nullable [] moments) {
        double[] numeric = sample.numeric();
        int hashed = sample.rows().length;
        int from = start[size];
        int to = from + 1 + numeric.length + hashed;
        reserve(size + 1, to);
        rows[from] = 0;
        values[from] = 1;
        for (int i = 0; i < numeric.length; i++) {
            rows[from + 1 + i] = 1 + i;
        }
        if (moments != null) {
            Moments.standardize(moments, numeric, values, from + 1);
        } else {
            for (int i = 0; i < numeric.length; i++) {
                values[from + 1 + i] = (float) numeric[i];
            }
        }
        System.arraycopy(sample.rows(), 0, rows, to - hashed, hashed);
        System.arraycopy(sample.values(), 0, values, to - hashed, hashed);
        weight[size] = sample.weight();
        partition[size] = sample.partition();
        offset[size] = sample.offset();
        eventTime[size] = sample.eventTime();
        size++;
        start[size] = to;
    }

    /** Takes the last sample out again. */
    public void removeLast() {
        size--;
    }

    public void clear() {
        size = 0;
    }

    /** Returns the largest magnitude among a sample's values. */
    public float largest(int sample) {
        float largest = 0;
        for (int i = start[sample]; i < start[sample + 1]; i++) {
            largest = Math.max(largest, Math.abs(values[i]));
        }
        return largest;
    }

    /** Returns the logits of a sample, K. */
    public int outputs() {
        return outputs;
    }

    /** Returns the number of samples. */
    public int size() {
        return size;
    }

    /** Returns the number of entries of all samples. */
    public int entries() {
        return start[size];
    }

    public int from(int sample) {
        return start[sample];
    }

    public int to(int sample) {
        return start[sample + 1];
    }

    public int[] rows() {
        return rows;
    }

    public float[] values() {
        return values;
    }

    /** Multiplies each sample's gradient by its share of all weight, w_i / sum w, so that their sum is the mean. */
    public void average() {
        double sum = 0;
        for (int i = 0; i < size; i++) {
            sum += weight[i];
        }
        for (int i = 0; i < size; i++) {
            float share = sum > 0 ? (float) (weight[i] / sum) : 0;
            for (int k = i * outputs; k < (i + 1) * outputs; k++) {
                delta[k] *= share;
            }
        }
    }

    /** Returns the gradients of the logits: sample i has [i * K, (i + 1) * K). */
    public float[] delta() {
        return delta;
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
        Batch copy = new Batch(outputs);
        copy.size = size;
        copy.start = start.clone();
        copy.rows = rows.clone();
        copy.values = values.clone();
        copy.delta = delta.clone();
        copy.weight = weight.clone();
        copy.partition = partition.clone();
        copy.offset = offset.clone();
        copy.eventTime = eventTime.clone();
        return copy;
    }

    /** Adds a sample as it was packed before, to bring a batch back from a checkpoint. */
    public void restore(
            int[] sampleRows,
            float[] sampleValues,
            float[] sampleDelta,
            float sampleWeight,
            int samplePartition,
            long sampleOffset,
            long sampleEventTime) {
        int from = start[size];
        reserve(size + 1, from + sampleRows.length);
        System.arraycopy(sampleRows, 0, rows, from, sampleRows.length);
        System.arraycopy(sampleValues, 0, values, from, sampleRows.length);
        System.arraycopy(sampleDelta, 0, delta, size * outputs, outputs);
        weight[size] = sampleWeight;
        partition[size] = samplePartition;
        offset[size] = sampleOffset;
        eventTime[size] = sampleEventTime;
        size++;
        start[size] = from + sampleRows.length;
    }

    private void reserve(int samples, int entries) {
        if (samples > weight.length) {
            int capacity = samples * 2;
            start = Arrays.copyOf(start, capacity + 1);
            delta = Arrays.copyOf(delta, capacity * outputs);
            weight = Arrays.copyOf(weight, capacity);
            partition = Arrays.copyOf(partition, capacity);
            offset = Arrays.copyOf(offset, capacity);
            eventTime = Arrays.copyOf(eventTime, capacity);
        }
        if (entries > rows.length) {
            rows = Arrays.copyOf(rows, entries * 2);
            values = Arrays.copyOf(values, entries * 2);
        }
    }
}
