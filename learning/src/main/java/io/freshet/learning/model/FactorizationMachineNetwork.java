package io.freshet.learning.model;

/**
 * A factorization machine, computed in time linear in the features of a sample.
 *
 * <pre>
 *   s_kf = sum_i v_ikf x_i                           over all rows but the bias
 *   z_k  = sum_i w_ik x_i + sum_f sum_i v_ikf x_i (sum_{j < i} v_jkf x_j)
 *
 *   dz_k/dw_ik  = x_i
 *   dz_k/dv_ikf = x_i (s_kf - v_ikf x_i)
 * </pre>
 *
 * Each feature is paired with the sum of the features before it. This costs the same as the difference of squares, and
 * nothing cancels. Pinned by {@code FactorizationMachineTest}.
 */
final class FactorizationMachineNetwork implements Network {
    private final int rows;
    private final int outputs;
    private final int rank;
    private final int stride;
    private final float[] pairs;
    /** The sums s of the last forward pass: sample i has [i * K * rank, (i + 1) * K * rank). */
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
    public long numbersPerSample() {
        return (long) outputs * rank;
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
        for (int sample = from; sample < to; sample++) {
            forward(state, batch, sample, logits, (sample - from) * outputs, (sample - from) * factors);
        }
    }

    private void forward(float[] state, Batch batch, int sample, float[] logits, int z, int s) {
        for (int k = 0; k < outputs; k++) {
            int w = k * (1 + rank);
            float logit = linear(state, batch, sample, w);
            int f = 0;
            for (; f + 4 <= rank; f += 4) {
                sumFour(state, batch, sample, w + 1 + f, k * rank + f, s);
            }
            for (; f < rank; f++) {
                sumOne(state, batch, sample, w + 1 + f, k * rank + f, s);
            }
            for (f = k * rank; f < (k + 1) * rank; f++) {
                logit += pairs[f];
            }
            logits[z + k] = logit;
        }
    }

    private float linear(float[] state, Batch batch, int sample, int w) {
        int to = batch.to(sample);
        int[] touched = batch.rows();
        float[] values = batch.values();
        float sum = 0;
        for (int i = batch.from(sample); i < to; i++) {
            sum += state[touched[i] * stride + w] * values[i];
        }
        return sum;
    }

    /**
     * Sums factor f over the features.
     *
     * @param v offset of the factor in a row
     * @param s where the sample's sums start
     */
    private void sumOne(float[] state, Batch batch, int sample, int v, int f, int s) {
        int from = batch.from(sample) + 1;
        int to = batch.to(sample);
        int[] touched = batch.rows();
        float[] values = batch.values();
        float sum = 0;
        float pair = 0;
        for (int i = from; i < to; i++) {
            float p = state[touched[i] * stride + v] * values[i];
            pair += p * sum;
            sum += p;
        }
        sums[s + f] = sum;
        pairs[f] = pair;
    }

    /** Sums four factors at once, which breaks the dependency chain of a single sum. */
    private void sumFour(float[] state, Batch batch, int sample, int v, int f, int s) {
        int from = batch.from(sample) + 1;
        int to = batch.to(sample);
        int[] touched = batch.rows();
        float[] values = batch.values();
        float sum0 = 0;
        float sum1 = 0;
        float sum2 = 0;
        float sum3 = 0;
        float pair0 = 0;
        float pair1 = 0;
        float pair2 = 0;
        float pair3 = 0;
        for (int i = from; i < to; i++) {
            int at = touched[i] * stride + v;
            float x = values[i];
            float p0 = state[at] * x;
            float p1 = state[at + 1] * x;
            float p2 = state[at + 2] * x;
            float p3 = state[at + 3] * x;
            pair0 += p0 * sum0;
            pair1 += p1 * sum1;
            pair2 += p2 * sum2;
            pair3 += p3 * sum3;
            sum0 += p0;
            sum1 += p1;
            sum2 += p2;
            sum3 += p3;
        }
        sums[s + f] = sum0;
        sums[s + f + 1] = sum1;
        sums[s + f + 2] = sum2;
        sums[s + f + 3] = sum3;
        pairs[f] = pair0;
        pairs[f + 1] = pair1;
        pairs[f + 2] = pair2;
        pairs[f + 3] = pair3;
    }

    @Override
    public float backward(float[] state, Batch batch, int from, int to, float[] delta, Gradient gradient) {
        boolean one = to - from == 1 && gradient.count() == 0;
        int entries = batch.to(to - 1) - batch.from(from);
        if (one) {
            // A single sample touches each row once, so no lookup is needed.
            gradient.set(batch.rows(), batch.from(from), entries);
        } else {
            gradient.reserve(Math.min(entries, rows));
        }
        float bound = 0;
        int width = gradient.width();
        float[] values = gradient.values();
        for (int sample = from; sample < to; sample++) {
            int bias = batch.from(sample);
            for (int i = bias; i < batch.to(sample); i++) {
                int row = batch.rows()[i];
                int at = one ? (i - bias) * width : gradient.at(row);
                float x = batch.values()[i];
                bound += i == bias
                        ? addBias(delta, (sample - from) * outputs, values, at)
                        : add(state, row * stride, x, delta, sample - from, values, at);
            }
        }
        return bound;
    }

    private float addBias(float[] delta, int d, float[] gradient, int at) {
        float magnitudes = 0;
        for (int k = 0; k < outputs; k++) {
            gradient[at + k * (1 + rank)] += delta[d + k];
            magnitudes += Math.abs(delta[d + k]);
        }
        return magnitudes;
    }

    /** Adds the gradient of one row for one sample; returns the sum of its magnitudes. */
    private float add(float[] state, int row, float x, float[] delta, int sample, float[] gradient, int at) {
        float magnitudes = 0;
        for (int k = 0; k < outputs; k++) {
            float g = delta[sample * outputs + k] * x;
            int w = k * (1 + rank);
            gradient[at + w] += g;
            magnitudes += Math.abs(g);
            int s = (sample * outputs + k) * rank;
            int to = at + w + 1;
            int v = row + w + 1;
            int f = 0;
            for (; f + 4 <= rank; f += 4) {
                float h0 = g * (sums[s + f] - state[v + f] * x);
                float h1 = g * (sums[s + f + 1] - state[v + f + 1] * x);
                float h2 = g * (sums[s + f + 2] - state[v + f + 2] * x);
                float h3 = g * (sums[s + f + 3] - state[v + f + 3] * x);
                gradient[to + f] += h0;
                gradient[to + f + 1] += h1;
                gradient[to + f + 2] += h2;
                gradient[to + f + 3] += h3;
                magnitudes += (Math.abs(h0) + Math.abs(h1)) + (Math.abs(h2) + Math.abs(h3));
            }
            for (; f < rank; f++) {
                float h = g * (sums[s + f] - state[v + f] * x);
                gradient[to + f] += h;
                magnitudes += Math.abs(h);
            }
        }
        return magnitudes;
    }
}
