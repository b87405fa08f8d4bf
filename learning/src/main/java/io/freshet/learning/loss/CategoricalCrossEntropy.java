package io.freshet.learning.loss;

import static io.freshet.learning.math.Transcendental.log;

import org.jspecify.annotations.Nullable;

/**
 * The cross-entropy between a distribution over K classes, such as a one-hot vector, and the softmax of K logits.
 *
 * <pre>
 *   prediction = p_j = exp(z_j - m) / s,   m = max z,   s = sum_j exp(z_j - m)
 *   L          = sum_j -y_j log p_j = sum_j y_j (log s + m - z_j)
 *   dL/dz_j    = p_j sum_i y_i - y_j = p_j (sum_i!=j y_i) - y_j (sum_i!=j p_i)
 * </pre>
 *
 * The right-hand form of the gradient does not cancel where p_j is close to y_j. For a one-hot label, value, gradient
 * and prediction equal those of {@link SparseCategoricalCrossEntropy}, to the bit. The label is not normalized. The
 * same as PyTorch's {@code CrossEntropyLoss} on probabilities. Pinned by {@code LossGoldenTest} and {@code
 * CrossEntropyTest}.
 */
public record CategoricalCrossEntropy() implements SoftmaxLoss {
    @Override
    public String name() {
        return "categorical-cross-entropy";
    }

    @Override
    public @Nullable String labelExpectation(float[] label, int outputs) {
        boolean valid = LabelRange.unitInterval(label, outputs) == null;
        if (!valid || Math.abs(Softmax.sum(label, 0, outputs) - 1) > Softmax.TOLERANCE) {
            return "a distribution: " + outputs + " numbers in [0, 1] that sum to 1 within 1e-3";
        }
        return null;
    }

    @Override
    public double evaluate(OutputArrays arrays, int at, int outputs, float[] labels, int labelAt) {
        float[] logits = arrays.logits();
        float[] predictions = arrays.predictions();
        float[] gradients = arrays.gradients();
        double maximum = Softmax.maximum(logits, at, outputs);
        double logSum = log(Softmax.softmax(logits, at, outputs, maximum, predictions)) + maximum;
        double labelSum = Softmax.sum(labels, labelAt, outputs);
        int likeliest = Softmax.largest(labels, labelAt, outputs);
        int predicted = Softmax.largest(predictions, at, outputs);
        double value = 0;
        for (int j = 0; j < outputs; j++) {
            double y = labels[labelAt + j];
            double p = predictions[at + j];
            boolean near1 = j == likeliest || j == predicted;
            double otherLabels = near1 ? Softmax.sumOfOthers(labels, labelAt, outputs, j) : labelSum - y;
            double otherPredictions = near1 ? Softmax.sumOfOthers(predictions, at, outputs, j) : 1 - p;
            gradients[at + j] = (float) (p * otherLabels - y * otherPredictions);
            if (y > 0) {
                value += y * (logSum - logits[at + j]);
            }
        }
        return value;
    }
}
