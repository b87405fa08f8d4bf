package io.freshet.learning.loss;

import org.jspecify.annotations.Nullable;

/**
 * The squared difference of prediction and label.
 *
 * <pre>
 *   prediction = z
 *   L          = (z - y)^2
 *   dL/dz      = 2 (z - y)
 * </pre>
 *
 * As in PyTorch ({@code MSELoss}) and Keras; some texts halve it. Pinned by {@code LossGoldenTest}.
 */
public record MeanSquaredError() implements Loss {
    @Override
    public String name() {
        return "mean-squared-error";
    }

    @Override
    public Task task() {
        return Task.REGRESSION;
    }

    @Override
    public int minimumOutputs() {
        return 1;
    }

    @Override
    public int maximumOutputs() {
        return 1;
    }

    @Override
    public @Nullable String labelExpectation(float label, int outputs) {
        return Float.isFinite(label) ? null : "a finite number";
    }

    @Override
    public double evaluate(float[] logits, int outputs, float label, float[] prediction, float[] gradient) {
        double error = (double) logits[0] - label;
        prediction[0] = logits[0];
        gradient[0] = (float) (2 * error);
        return error * error;
    }

    @Override
    public void predict(float[] logits, int outputs, float[] prediction) {
        prediction[0] = logits[0];
    }
}
