package io.freshet.learning.loss;

/**
 * The distance between prediction and label.
 *
 * <pre>
 *   prediction = z_k
 *   L          = mean_k |z_k - y_k|
 *   dL/dz_k    = sign(z_k - y_k) / K              0 where z_k = y_k
 * </pre>
 *
 * Minimal at the median of the labels, and so robust to outliers. The same as PyTorch's {@code L1Loss} and Keras's.
 * Pinned by {@code LossGoldenTest}.
 */
public record MeanAbsoluteError() implements NumberLoss {
    @Override
    public String name() {
        return "mean-absolute-error";
    }

    @Override
    public double evaluate(OutputArrays arrays, int at, int outputs, float[] labels, int labelAt) {
        float[] logits = arrays.logits();
        float[] predictions = arrays.predictions();
        float[] gradients = arrays.gradients();
        double sum = 0;
        for (int k = 0; k < outputs; k++) {
            double error = (double) logits[at + k] - labels[labelAt + k];
            predictions[at + k] = logits[at + k];
            gradients[at + k] = (float) (Math.signum(error) / outputs);
            sum += Math.abs(error);
        }
        return sum / outputs;
    }

    @Override
    public double value(double z, double y) {
        return Math.abs(z - y);
    }

    @Override
    public double slope(double z, double y) {
        return Math.signum(z - y);
    }

    @Override
    public double curvature(double slope, double y) {
        return 0;
    }

    @Override
    public double implicit(double z, double y, double slope, double distance) {
        return PointwiseLoss.toKink(Math.abs(z - y), distance);
    }

    /** dz/dt = -sign(z - y), up to the kink. */
    @Override
    public double follow(double z, double y, double time) {
        return -slope(z, y) * Math.min(time, Math.abs(z - y));
    }
}
