package io.freshet.learning.model;

import io.freshet.learning.math.ThreadTeam;
import java.util.Arrays;

/** Dense layers over numbers and embeddings: gathers rows of the table, and scatters the gradient back to them. */
final class EmbeddingMlpNetwork implements Network {
    private final EmbeddingShape in;
    private final int dimension;
    private final int width;
    private final int widest;
    private final int outputs;
    private final int denseLength;
    private final boolean dropsOut;
    private final DenseStack stack;
    private float[] input = {};

    EmbeddingMlpNetwork(EmbeddingShape in, DenseShape layers, int parameters, long seed, ThreadTeam team) {
        this.in = in;
        dimension = in.dimension();
        width = in.width();
        widest = layers.width();
        outputs = layers.outputs();
        denseLength = parameters - in.table();
        dropsOut = layers.dropout() > 0;
        stack = new DenseStack(layers, in.table(), seed, team);
    }

    @Override
    public long numbersPerSample() {
        return widest;
    }

    @Override
    public Gradient gradient() {
        return new Gradient(dimension, in.buckets(), in.table(), denseLength);
    }

    @Override
    public boolean dropsOut() {
        return dropsOut;
    }

    @Override
    public void forward(float[] state, Batch batch, int from, int to, long update, float[] logits) {
        if (input.length < (to - from) * width) {
            input = new float[(to - from) * width];
        }
        for (int sample = from; sample < to; sample++) {
            int at = (sample - from) * width;
            System.arraycopy(batch.matrix(), sample * in.numbers(), input, at, in.numbers());
            at += in.numbers();
            Arrays.fill(input, at, at + in.fields() * dimension, 0);
            int entry = batch.from(sample);
            for (int field = 0; field < in.fields(); field++) {
                for (; entry < batch.end(sample, field); entry++) {
                    gather(state, row(batch, entry) * dimension, batch.values()[entry], at);
                }
                at += dimension;
            }
        }
        float[] z = stack.forward(state, input, 0, to - from, update, from);
        System.arraycopy(z, 0, logits, 0, (to - from) * outputs);
    }

    /** Adds a row of the table, multiplied by a value, to the input. */
    private void gather(float[] state, int row, float value, int at) {
        for (int k = 0; k < dimension; k++) {
            input[at + k] += value * state[row + k];
        }
    }

    /** Returns a row of the table. The encoder numbers rows from the bias on, then the numbers, then the table. */
    private int row(Batch batch, int entry) {
        return batch.rows()[entry] - (1 + in.numbers());
    }

    @Override
    public float backward(float[] state, Batch batch, int from, int to, float[] delta, Gradient gradient) {
        float bound = stack.backward(state, delta, gradient, gradient.openDense());
        float[] inputDelta = stack.inputDelta(state, in.numbers());
        gradient.reserve(Math.min(batch.to(to - 1) - batch.from(from), in.buckets()));
        float sparseBound = 0;
        for (int sample = from; sample < to; sample++) {
            int at = (sample - from) * in.fields() * dimension;
            int entry = batch.from(sample);
            for (int field = 0; field < in.fields(); field++) {
                for (; entry < batch.end(sample, field); entry++) {
                    sparseBound += scatter(gradient, row(batch, entry), batch.values()[entry], inputDelta, at);
                }
                at += dimension;
            }
        }
        return Math.max(bound, sparseBound);
    }

    /** Adds dLoss/de, multiplied by a value, to the gradient of a row; returns the largest magnitude added. */
    private float scatter(Gradient gradient, int row, float value, float[] inputDelta, int at) {
        int to = gradient.at(row);
        float[] sums = gradient.values();
        float largest = 0;
        for (int k = 0; k < dimension; k++) {
            float g = value * inputDelta[at + k];
            sums[to + k] += g;
            largest = Math.max(largest, Math.abs(g));
        }
        return largest;
    }
}
