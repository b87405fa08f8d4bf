package io.freshet.learning.loss;

import org.jspecify.annotations.Nullable;

/**
 * The distance by which a score misses a margin of 1 on the side of its label, as in a linear support vector machine.
 *
 * <pre>
 *   prediction = z_k
 *   L          = mean_k max(0, 1 - s_k z_k)      s_k = 2 y_k - 1: -1 or 1
 *   dL/dz_k    = -s_k / K                        where s_k z_k < 1; otherwise 0
 * </pre>
 *
 * Several outputs are independent labels. A label is 0 or 1; the encoder reads -1 as 0. The prediction is a score, not a
 * probability. Pinned by {@code LossGoldenTest}.
 *
 * @see <a href="https://doi.org/10.1007/BF00994018">Cortes and Vapnik 1995, Support-vector networks</a>
 */
public record Hinge() implements PointwiseLoss {
    @Override
    public String name() {
        return "hinge";
    }

    @Override
    public Task task() {
        return Task.MARGIN;
    }

    @Override
    public boolean hasUnevenKink() {
        return true;
    }

    @Override
    public @Nullable String labelExpectation(float[] label, int outputs) {
        return LabelRange.binary(label, outputs);
    }

    @Override
    public double evaluate(OutputArrays arrays, int at, int outputs, float[] labels, int labelAt) {
        float[] logits = arrays.logits();
        float[] predictions = arrays.predictions();
        float[] gradients = arrays.gradients();
        double sum = 0;
        for (int k = 0; k < outputs; k++) {
            double side = 2 * labels[labelAt + k] - 1;
            double shortfall = 1 - side * logits[at + k];
            predictions[at + k] = logits[at + k];
            gradients[at + k] = (float) (shortfall > 0 ? -side / outputs : 0);
            sum += Math.max(0, shortfall);
        }
        return sum / outputs;
    }

    @Override
    public double value(double z, double y) {
        return Math.max(0, 1 - (2 * y - 1) * z);
    }

    @Override
    public double slope(double z, double y) {
        double side = 2 * y - 1;
        return side * z < 1 ? -side : 0;
    }

    @Override
    public double curvature(double slope, double y) {
        return 0;
    }

    @Override
    public double implicit(double z, double y, double slope, double distance) {
        return PointwiseLoss.toKink(value(z, y), distance);
    }

    /** dz/dt = s, up to the margin. */
    @Override
    public double follow(double z, double y, double time) {
        return -slope(z, y) * Math.min(time, value(z, y));
    }
}
