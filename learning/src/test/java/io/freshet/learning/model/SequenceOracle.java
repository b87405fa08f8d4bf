package io.freshet.learning.model;

import io.freshet.learning.math.Transcendental;
import io.freshet.learning.spec.ModelSpec;

/** Computes the logits of one sequence with plain loops in float64, by the formulas of {@link SequenceCell}. */
final class SequenceOracle {
    private final Sequence model;
    private final InputShape in;
    private final int outputs;

    SequenceOracle(ModelSpec spec) {
        model = (Sequence) spec.model();
        in = spec.inputShape();
        outputs = spec.outputs();
    }

    /**
     * Returns the logits of the steps of a sequence.
     *
     * @param hidden receives h of each step
     * @param held h of each step by other parameters, or null; replaces h where backpropagation stops, so that a
     *     difference quotient does not see it
     */
    double[] logits(double[] theta, Batch batch, int sample, double[][] hidden, double[][] held) {
        int steps = batch.steps(sample);
        int h = model.hidden();
        int width = in.numbers() + (in.buckets() > 0 ? model.embedding() : 0);
        int table = in.buckets() > 0 ? in.buckets() * model.embedding() : 0;
        int output = theta.length - (h + 1) * outputs;
        double[] state = new double[h];
        double[] z = new double[steps * outputs];
        for (int t = 0; t < steps; t++) {
            if (held != null && model.truncate() > 0 && t > 0 && t % model.truncate() == 0) {
                state = held[t - 1];
            }
            double[] x = input(theta, batch, sample, t, width);
            state = model.cell() == SequenceCell.GRU ? gru(theta, table, x, state) : relu(theta, table, x);
            hidden[t] = state;
            double[] y = affine(theta, output, state, outputs);
            System.arraycopy(y, 0, z, t * outputs, outputs);
        }
        return z;
    }

    private double[] input(double[] theta, Batch batch, int sample, int t, int width) {
        double[] x = new double[width];
        float[] numbers = batch.get(sample).features().matrix();
        for (int i = 0; i < in.numbers(); i++) {
            x[i] = numbers[t * in.numbers() + i];
        }
        for (int i = in.numbers(); i < width; i++) {
            int word = batch.rows()[batch.from(sample) + t] - 1 - in.numbers();
            x[i] = theta[word * model.embedding() + i - in.numbers()];
        }
        return x;
    }

    private double[] gru(double[] theta, int at, double[] x, double[] before) {
        int h = before.length;
        double[] a = affine(theta, at, x, 3 * h);
        double[] c = affine(theta, at + (x.length + 1) * 3 * h, before, 3 * h);
        double[] after = new double[h];
        for (int k = 0; k < h; k++) {
            double r = Transcendental.sigmoid(a[k] + c[k]);
            double z = Transcendental.sigmoid(a[h + k] + c[h + k]);
            double n = Transcendental.tanh(a[2 * h + k] + r * c[2 * h + k]);
            after[k] = (1 - z) * n + z * before[k];
        }
        return after;
    }

    private double[] relu(double[] theta, int at, double[] x) {
        double[] y = affine(theta, at, x, model.hidden());
        for (int k = 0; k < y.length; k++) {
            y[k] = Math.max(0, y[k]);
        }
        return y;
    }

    /** Returns x W + b; W and b start at {@code at}. */
    private static double[] affine(double[] theta, int at, double[] x, int columns) {
        double[] y = new double[columns];
        for (int j = 0; j < columns; j++) {
            y[j] = theta[at + x.length * columns + j];
            for (int i = 0; i < x.length; i++) {
                y[j] += x[i] * theta[at + i * columns + j];
            }
        }
        return y;
    }
}
