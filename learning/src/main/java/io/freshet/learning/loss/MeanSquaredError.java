package io.freshet.learning.loss;

import static io.freshet.learning.math.Transcendental.expm1;

/**
 * The squared difference between prediction and label.
 *
 * <pre>
 *   prediction = z_k
 *   L          = mean_k (z_k - y_k)^2
 *   dL/dz_k    = 2 (z_k - y_k) / K
 * </pre>
 *
 * The same as PyTorch's {@code MSELoss} and Keras's; some texts halve it. Pinned by {@code LossGoldenTest}.
 */
public record MeanSquaredError() implements NumberLoss {
    @Override
    public String name() {
        return "mean-squared-error";
    }

    @Override
    public Task task() {
        return Task.REGRESSION;
    }

    @Override
    public boolean isLinearInLabel() {
        return true;
    }

    @Override
    public boolean predictsMean() {
        return true;
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
            gradients[at + k] = (float) (2 * error / outputs);
            sum += error * error;
        }
        return sum / outputs;
    }

    @Override
    public void evaluateChange(float label, float previous, float[] gradients, int at, int outputs) {
        gradients[at] = (float) (2 * ((double) previous - label));
    }

    @Override
    public double value(double z, double y) {
        return (z - y) * (z - y);
    }

    @Override
    public double slope(double z, double y) {
        return 2 * (z - y);
    }

    @Override
    public double curvature(double slope, double y) {
        return 2;
    }

    @Override
    public double implicit(double z, double y, double slope, double distance) {
        return slope / (slope - 2 * distance);
    }

    /** dz/dt = -2 (z - y), an exponential decay. */
    @Override
    public double follow(double z, double y, double time) {
        return (z - y) * expm1(-2 * time);
    }
}
