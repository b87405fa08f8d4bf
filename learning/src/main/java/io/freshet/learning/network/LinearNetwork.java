package io.freshet.learning.network;

import io.freshet.learning.batch.Batch;
import io.freshet.learning.parameters.Gradient;

/** Weighted sums of the features: gathers rows of parameters, and scatters rows of gradients. */
final class LinearNetwork implements Network {
    private final int rows;
    private final int outputs;
    private final int stride;
    /** An upper bound on the magnitude of the values of each sample of the last forward pass; may be infinite. */
    private float[] bounds = new float[1];

    LinearNetwork(int rows, int outputs, int stride) {
        this.rows = rows;
        this.outputs = outputs;
        this.stride = stride;
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
                logits[sample - from] = dot(state, batch, batch.from(sample), batch.to(sample), sample - from);
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

    /**
     * Keeps four partial sums, always added in the same order, since a single sum would wait for each addition. The sum
     * of magnitudes bounds them all, in a fifth of the time of a maximum. The loop ends at {@code to - 3}, as a bound
     * of {@code i + 4} could overflow and would keep the checks of every index.
     */
    private float dot(float[] state, Batch batch, int from, int to, int sample) {
        int[] touched = batch.rows();
        float[] values = batch.values();
        float a = 0;
        float b = 0;
        float c = 0;
        float d = 0;
        float evenSum = 0;
        float oddSum = 0;
        int i = from;
        for (; i < to - 3; i += 4) {
            float value0 = values[i];
            float value1 = values[i + 1];
            float value2 = values[i + 2];
            float value3 = values[i + 3];
            a += state[touched[i] * stride] * value0;
            b += state[touched[i + 1] * stride] * value1;
            c += state[touched[i + 2] * stride] * value2;
            d += state[touched[i + 3] * stride] * value3;
            evenSum += Math.abs(value0) + Math.abs(value2);
            oddSum += Math.abs(value1) + Math.abs(value3);
        }
        for (; i < to; i++) {
            a += state[touched[i] * stride] * values[i];
            evenSum += Math.abs(values[i]);
        }
        bounds[sample] = evenSum + oddSum;
        return (a + b) + (c + d);
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
