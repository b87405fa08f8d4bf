package io.freshet.learning.optimizer;

import io.freshet.learning.loss.PointwiseLoss;
import java.util.Arrays;

/**
 * A sample of a model with one output for {@link LookAhead}: its entries, label, and prediction, and scratch space. Reused; not
 * thread-safe.
 */
public final class SampleStep {
    final PointwiseLoss loss;
    int[] rows = new int[64];
    float[] values = new float[64];
    /** The change of phi of each entry per unit of the step. */
    double[] change = new double[64];
    /** The parameter of each entry per unit of phi; 0 for an entry that is not learned. */
    double[] reading = new double[64];

    int count;
    double logit;
    double slope;
    double label;
    double weight;
    long number;
    /** The logit with refreshed parameters, where the step starts. */
    double start;
    /** By how much a step of 1 moves the logit. */
    double reach;

    public SampleStep(PointwiseLoss loss) {
        this.loss = loss;
    }

    /**
     * Starts a sample without entries.
     *
     * @param logit z, predicted with the parameters from before the sample
     * @param slope dLoss/dz
     * @param weight &gt; 0
     * @param number t: 1 for the first update of this model and key
     */
    public void start(float logit, float slope, float label, float weight, long number) {
        count = 0;
        this.logit = logit;
        this.slope = slope;
        this.label = label;
        this.weight = weight;
        this.number = number;
    }

    /** Adds entries [from, to). */
    public void add(int[] ofRows, float[] ofValues, int from, int to) {
        int length = to - from;
        reserve(count + length);
        System.arraycopy(ofRows, from, rows, count, length);
        System.arraycopy(ofValues, from, values, count, length);
        count += length;
    }

    private void reserve(int entries) {
        if (entries > rows.length) {
            int capacity = Integer.highestOneBit(entries - 1) << 1;
            rows = Arrays.copyOf(rows, capacity);
            values = Arrays.copyOf(values, capacity);
            change = new double[capacity];
            reading = new double[capacity];
        }
    }
}
