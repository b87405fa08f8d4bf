package io.freshet.learning.loss;

import static io.freshet.learning.math.Transcendental.exp;
import static io.freshet.learning.math.Transcendental.log1p;
import static io.freshet.learning.math.Transcendental.sigmoid;

import org.jspecify.annotations.Nullable;

/**
 * The cross-entropy between a label in [0, 1] and the logistic function of the logit (logistic loss, log loss).
 *
 * <pre>
 *   prediction = p_k = 1 / (1 + exp(-z_k))
 *   L          = mean_k -(y_k log p_k + (1 - y_k) log(1 - p_k)) = mean_k max(z_k, 0) - z_k y_k + log(1 + exp(-|z_k|))
 *   dL/dz_k    = (p_k - y_k) / K
 * </pre>
 *
 * Several outputs are independent labels. The right-hand form never overflows. The same as PyTorch's {@code
 * BCEWithLogitsLoss}. Pinned by {@code LossGoldenTest}.
 */
public record BinaryCrossEntropy() implements PointwiseLoss {
    @Override
    public String name() {
        return "binary-cross-entropy";
    }

    @Override
    public Task task() {
        return Task.BINARY;
    }

    @Override
    public @Nullable String labelExpectation(float[] label, int outputs) {
        return LabelRange.unitInterval(label, outputs);
    }

    @Override
    public double evaluate(OutputArrays arrays, int at, int outputs, float[] labels, int labelAt) {
        float[] logits = arrays.logits();
        float[] predictions = arrays.predictions();
        float[] gradients = arrays.gradients();
        if (outputs == 1) {
            return evaluate(logits[at], labels[labelAt], 1, at, predictions, gradients);
        }
        double sum = 0;
        for (int k = 0; k < outputs; k++) {
            sum += evaluate(logits[at + k], labels[labelAt + k], 1.0 / outputs, at + k, predictions, gradients);
        }
        return sum / outputs;
    }

    private static double evaluate(double z, double y, double share, int at, float[] predictions, float[] gradients) {
        double e = exp(-Math.abs(z));
        double p = sigmoid(z, e);
        predictions[at] = (float) p;
        gradients[at] = (float) ((p - y) * share);
        return Math.max(z, 0) - z * y + log1p(e);
    }

    @Override
    public void predict(float[] logits, int at, int outputs, float[] predictions) {
        for (int k = at; k < at + outputs; k++) {
            double z = logits[k];
            predictions[k] = (float) sigmoid(z, exp(-Math.abs(z)));
        }
    }

    @Override
    public double value(double z, double y) {
        return Math.max(z, 0) - z * y + log1p(exp(-Math.abs(z)));
    }

    @Override
    public double slope(double z, double y) {
        return sigmoid(z) - y;
    }

    @Override
    public double curvature(double slope, double y) {
        double p = slope + y;
        return p * (1 - p);
    }
}
