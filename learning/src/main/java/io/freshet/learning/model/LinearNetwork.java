package io.freshet.learning.model;

import org.jspecify.annotations.Nullable;

/** Weighted sums of the features: gathers rows of parameters, and scatters rows of gradients. */
final class LinearNetwork implements Network {
    private final int rows;
    private final int outputs;
    private final int stride;
    private final WeightedSum sum;
    private final LeadingEntries none = new LeadingEntries();
    /** An upper bound on the magnitude of the values of each sample of the last forward pass; may be infinite. */
    private float[] bounds = new float[1];

    LinearNetwork(int rows, int outputs, int stride) {
        this.rows = rows;
        this.outputs = outputs;
        this.stride = stride;
        sum = new WeightedSum(stride);
    }

    @Override
    public @Nullable WeightedSum weightedSum() {
        return outputs == 1 ? sum : null;
    }

    @Override
    public long numbersPerSample() {
        return outputs;
    }

    @Override
    public Gradient gradient() {
        return Gradient.ofRows(outputs, rows);
    }

    @Override
    public void forward(float[] state, Batch batch, int from, int to, long update, float[] logits) {
        if (bounds.length < to - from) {
            bounds = new float[to - from];
        }
        for (int sample = from; sample < to; sample++) {
            if (outputs == 1) {
                int start = batch.from(sample);
                logits[sample - from] = sum.total(state, none, batch.rows(), batch.values(), start, batch.to(sample));
                bounds[sample - from] = sum.bound();
            } else {
                forward(state, batch, sample, logits, (sample - from) * outputs);
                bounds[sample - from] = batch.largestMagnitude(sample);
            }
        }
    }

    private void forward(float[] state, Batch batch, int sample, float[] logits, int at) {
        for (int k = 0; k < outputs; k++) {
            logits[at + k] = 0;
        }
        int[] touched = batch.rows();
        float[] values = batch.values();
        for (int i = batch.from(sample); i < batch.to(sample); i++) {
            int base = touched[i] * stride;
            float value = values[i];
            for (int k = 0; k < outputs; k++) {
                logits[at + k] += state[base + k] * value;
            }
        }
    }

    @Override
    public float backward(float[] state, Batch batch, int from, int to, float[] delta, Gradient gradient) {
        if (to - from == 1 && gradient.count() == 0) {
            return backwardOne(batch, from, delta, gradient);
        }
        gradient.reserve(Math.min(batch.to(to - 1) - batch.from(from), rows));
        int[] touched = batch.rows();
        float[] values = batch.values();
        float[] sums = gradient.values();
        float bound = 0;
        for (int sample = from; sample < to; sample++) {
            int d = (sample - from) * outputs;
            bound += bound(batch, sample, bounds[sample - from], largest(delta, d));
            if (outputs == 1) {
                float ofOutput = delta[d];
                for (int i = batch.from(sample); i < batch.to(sample); i++) {
                    int at = gradient.at(touched[i]);
                    sums[at] += values[i] * ofOutput;
                }
            } else {
                for (int i = batch.from(sample); i < batch.to(sample); i++) {
                    int at = gradient.at(touched[i]);
                    for (int k = 0; k < outputs; k++) {
                        sums[at + k] += values[i] * delta[d + k];
                    }
                }
            }
        }
        return bound;
    }

    /** A single sample touches each row once, so there is no lookup and nothing to sum. */
    private float backwardOne(Batch batch, int sample, float[] delta, Gradient gradient) {
        int start = batch.from(sample);
        int count = batch.to(sample) - start;
        float[] values = batch.values();
        if (outputs == 1) {
            gradient.setProduct(batch.rows(), values, start, count, delta[0]);
        } else {
            gradient.set(batch.rows(), start, count);
            float[] sums = gradient.values();
            for (int i = 0; i < count; i++) {
                for (int k = 0; k < outputs; k++) {
                    // Adding to 0, as sums do, turns -0 into 0.
                    sums[i * outputs + k] = 0 + values[start + i] * delta[k];
                }
            }
        }
        return bound(batch, sample, bounds[0], largest(delta, 0));
    }

    private static float bound(Batch batch, int sample, float ofValues, float ofDelta) {
        float bound = ofValues * ofDelta;
        return bound <= Float.MAX_VALUE ? bound : batch.largestMagnitude(sample) * ofDelta;
    }

    private float largest(float[] delta, int at) {
        float largest = 0;
        for (int k = 0; k < outputs; k++) {
            largest = Math.max(largest, Math.abs(delta[at + k]));
        }
        return largest;
    }
}
