package io.freshet.learning.model;

import java.util.Arrays;

/**
 * Runs {@link FactorizationMachine}, in time linear in the features of a sample.
 *
 * <pre>
 *   s_kf = sum_i v_ikf x_i                           over all rows but the bias
 *   z_k  = sum_i w_ik x_i + sum_f sum_i v_ikf x_i (sum_{j < i} v_jkf x_j)
 *
 *   dz_k/dw_ik  = x_i
 *   dz_k/dv_ikf = x_i (s_kf - v_ikf x_i)
 * </pre>
 *
 * The pairs are summed as they come, each feature with the sum of those before it: as many operations as the difference of
 * squares, and nothing that cancels. Pinned by {@code FactorizationMachineTest}.
 */
final class FactorizationMachineNetwork implements Network {
    private final int rows;
    private final int outputs;
    private final int rank;
    private final int stride;
    private final float[] pairs;
    /** s of each sample of the last forward pass: sample i has [i * K * rank, (i + 1) * K * rank). */
    private float[] sums;

    FactorizationMachineNetwork(int rows, int outputs, int rank, int stride) {
        this.rows = rows;
        this.outputs = outputs;
        this.rank = rank;
        this.stride = stride;
        pairs = new float[outputs * rank];
        sums = new float[outputs * rank];
    }

    @Override
    public Gradient gradient() {
        return Gradient.ofRows(outputs * (1 + rank), rows);
    }

    @Override
    public void forward(float[] state, Batch batch, int from, int to, long update, float[] logits) {
        int factors = outputs * rank;
        if (sums.length < (to - from) * factors) {
            sums = new float[(to - from) * factors];
        }
        Arrays.fill(sums, 0, (to - from) * factors, 0);
        for (int sample = from; sample < to; sample++) {
            forward(state, batch, sample, logits, (sample - from) * outputs, (sample - from) * factors);
        }
    }

    private void forward(float[] state, Batch batch, int sample, float[] logits, int z, int s) {
        int[] touched = batch.rows();
        float[] values = batch.values();
        Arrays.fill(pairs, 0);
        int bias = batch.from(sample);
        for (int k = 0; k < outputs; k++) {
            logits[z + k] = state[k * (1 + rank)] * values[bias];
        }
        for (int i = bias + 1; i < batch.to(sample); i++) {
            float x = values[i];
            for (int k = 0; k < outputs; k++) {
                int w = touched[i] * stride + k * (1 + rank);
                logits[z + k] += state[w] * x;
                for (int f = k * rank, v = w + 1; f < (k + 1) * rank; f++, v++) {
                    float p = state[v] * x;
                    pairs[f] += p * sums[s + f];
                    sums[s + f] += p;
                }
            }
        }
        for (int f = 0; f < pairs.length; f++) {
            logits[z + f / rank] += pairs[f];
        }
    }

    @Override
    public float backward(float[] state, Batch batch, int from, int to, float[] delta, Gradient gradient) {
        boolean one = to - from == 1 && gradient.count() == 0;
        int entries = batch.to(to - 1) - batch.from(from);
        if (one) {
            // The rows of one sample are each there once: no look-up.
            gradient.set(batch.rows(), batch.from(from), entries);
        } else {
            gradient.reserve(Math.min(entries, rows));
        }
        float bound = 0;
        int width = gradient.width();
        for (int sample = from; sample < to; sample++) {
            float largest = 0;
            int bias = batch.from(sample);
            for (int i = bias; i < batch.to(sample); i++) {
                int row = batch.rows()[i];
                int at = one ? (i - bias) * width : gradient.at(row);
                float x = batch.values()[i];
                float added = i == bias
                        ? addBias(delta, (sample - from) * outputs, gradient.values(), at)
                        : add(state, row * stride, x, delta, sample - from, gradient.values(), at);
                largest = added <= largest ? largest : added;
            }
            bound += largest;
        }
        return bound;
    }

    private float addBias(float[] delta, int d, float[] gradient, int at) {
        float largest = 0;
        for (int k = 0; k < outputs; k++) {
            gradient[at + k * (1 + rank)] += delta[d + k];
            largest = largest(largest, delta[d + k]);
        }
        return largest;
    }

    /** Adds the gradient of one row by one sample; returns its largest magnitude. */
    private float add(float[] state, int row, float x, float[] delta, int sample, float[] gradient, int at) {
        float largest = 0;
        for (int k = 0; k < outputs; k++) {
            float g = delta[sample * outputs + k] * x;
            int w = k * (1 + rank);
            gradient[at + w] += g;
            largest = largest(largest, g);
            int s = (sample * outputs + k) * rank;
            for (int f = 0; f < rank; f++) {
                float h = g * (sums[s + f] - state[row + w + 1 + f] * x);
                gradient[at + w + 1 + f] += h;
                largest = largest(largest, h);
            }
        }
        return largest;
    }

    /** Infinite once a number is none. */
    private static float largest(float largest, float number) {
        float magnitude = Math.abs(number);
        return magnitude <= largest ? largest : Float.isNaN(magnitude) ? Float.POSITIVE_INFINITY : magnitude;
    }
}
