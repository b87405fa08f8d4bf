package io.freshet.learning.model;

/** Runs {@link Linear}: gathers rows of parameters, scatters rows of gradients. */
final class LinearNetwork implements Network {
    private final int rows;
    private final int outputs;

    LinearNetwork(int rows, int outputs) {
        this.rows = rows;
        this.outputs = outputs;
    }

    @Override
    public void forward(float[] parameters, Batch batch, int sample, float[] logits) {
        if (outputs == 1) {
            logits[0] = dot(parameters, batch, batch.from(sample), batch.to(sample));
            return;
        }
        for (int k = 0; k < outputs; k++) {
            logits[k] = 0;
        }
        int[] touched = batch.rows();
        float[] values = batch.values();
        for (int i = batch.from(sample); i < batch.to(sample); i++) {
            int base = touched[i] * outputs;
            float value = values[i];
            for (int k = 0; k < outputs; k++) {
                logits[k] += parameters[base + k] * value;
            }
        }
    }

    /** Four sums side by side, since one would wait for each addition; always added up the same way. */
    private static float dot(float[] parameters, Batch batch, int from, int to) {
        int[] touched = batch.rows();
        float[] values = batch.values();
        float a = 0;
        float b = 0;
        float c = 0;
        float d = 0;
        int i = from;
        for (; i + 4 <= to; i += 4) {
            a += parameters[touched[i]] * values[i];
            b += parameters[touched[i + 1]] * values[i + 1];
            c += parameters[touched[i + 2]] * values[i + 2];
            d += parameters[touched[i + 3]] * values[i + 3];
        }
        for (; i < to; i++) {
            a += parameters[touched[i]] * values[i];
        }
        return (a + b) + (c + d);
    }

    @Override
    public void backward(Batch batch, Gradient gradient) {
        if (batch.size() == 1) {
            backwardOne(batch, gradient);
            return;
        }
        gradient.clear(Math.min(batch.entries(), rows));
        int[] touched = batch.rows();
        float[] values = batch.values();
        float[] delta = batch.delta();
        float[] sums = gradient.values();
        for (int sample = 0; sample < batch.size(); sample++) {
            int to = batch.to(sample);
            for (int i = batch.from(sample); i < to; i++) {
                float value = values[i];
                int at = gradient.at(touched[i]);
                for (int k = 0; k < outputs; k++) {
                    sums[at + k] += value * delta[sample * outputs + k];
                }
            }
        }
    }

    /** The rows of one sample are each there once: no look-up, and nothing to add up. */
    private void backwardOne(Batch batch, Gradient gradient) {
        int count = batch.entries();
        gradient.set(batch.rows(), count);
        float[] values = batch.values();
        float[] delta = batch.delta();
        float[] sums = gradient.values();
        // Added to 0 as any sum is, so that a negative zero comes out the same.
        if (outputs == 1) {
            float d = delta[0];
            for (int i = 0; i < count; i++) {
                sums[i] = 0 + values[i] * d;
            }
            return;
        }
        for (int i = 0; i < count; i++) {
            for (int k = 0; k < outputs; k++) {
                sums[i * outputs + k] = 0 + values[i] * delta[k];
            }
        }
    }
}
