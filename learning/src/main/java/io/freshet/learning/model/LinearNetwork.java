package io.freshet.learning.model;

/** Runs {@link Linear}: gathers rows of parameters, scatters rows of gradients. */
final class LinearNetwork implements Network {
    private final int rows;
    private final int outputs;
    private final int stride;

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
        for (int sample = from; sample < to; sample++) {
            if (outputs == 1) {
                logits[sample - from] = dot(state, batch, batch.from(sample), batch.to(sample));
            } else {
                forward(state, batch, sample, logits, (sample - from) * outputs);
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

    /** Four sums side by side, since one would wait for each addition; always added up the same way. */
    private float dot(float[] state, Batch batch, int from, int to) {
        int[] touched = batch.rows();
        float[] values = batch.values();
        float a = 0;
        float b = 0;
        float c = 0;
        float d = 0;
        int i = from;
        for (; i + 4 <= to; i += 4) {
            a += state[touched[i] * stride] * values[i];
            b += state[touched[i + 1] * stride] * values[i + 1];
            c += state[touched[i + 2] * stride] * values[i + 2];
            d += state[touched[i + 3] * stride] * values[i + 3];
        }
        for (; i < to; i++) {
            a += state[touched[i] * stride] * values[i];
        }
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
        float bound = 0;
        for (int sample = from; sample < to; sample++) {
            int d = (sample - from) * outputs;
            bound += largest(delta, d) * batch.largest(sample);
            for (int i = batch.from(sample); i < batch.to(sample); i++) {
                float value = values[i];
                int at = gradient.at(touched[i]);
                float[] sums = gradient.values();
                for (int k = 0; k < outputs; k++) {
                    sums[at + k] += value * delta[d + k];
                }
            }
        }
        return bound;
    }

    /** The rows of one sample are each there once: no look-up, and nothing to add up. */
    private float backwardOne(Batch batch, int sample, float[] delta, Gradient gradient) {
        int start = batch.from(sample);
        int count = batch.to(sample) - start;
        gradient.set(batch.rows(), start, count);
        float[] values = batch.values();
        float[] sums = gradient.values();
        // Added to 0 as any sum is, so that a negative zero comes out the same.
        if (outputs == 1) {
            float d = delta[0];
            for (int i = 0; i < count; i++) {
                sums[i] = 0 + values[start + i] * d;
            }
        } else {
            for (int i = 0; i < count; i++) {
                for (int k = 0; k < outputs; k++) {
                    sums[i * outputs + k] = 0 + values[start + i] * delta[k];
                }
            }
        }
        return largest(delta, 0) * batch.largest(sample);
    }

    private float largest(float[] delta, int at) {
        float largest = 0;
        for (int k = 0; k < outputs; k++) {
            largest = Math.max(largest, Math.abs(delta[at + k]));
        }
        return largest;
    }
}
