package io.freshet.learning.loss;

import static io.freshet.learning.math.Transcendental.exp;
import static io.freshet.learning.math.Transcendental.log1p;
import static io.freshet.learning.math.Transcendental.sigmoid;

import org.jspecify.annotations.Nullable;

/**
 * The cross-entropy of a label between 0 and 1 and the logistic function of the logit (logistic loss, log loss).
 *
 * <pre>
 *   prediction = p = 1 / (1 + exp(-z))
 *   L          = -(y log p + (1 - y) log(1 - p)) = max(z, 0) - z y + log(1 + exp(-|z|))
 *   dL/dz      = p - y
 * </pre>
 *
 * The right-hand form never overflows; it is what PyTorch calls {@code BCEWithLogitsLoss}. The label may be soft,
 * anywhere in [0, 1]. Pinned by {@code LossGoldenTest}.
 */
public record BinaryCrossEntropy() implements Loss {
    @Override
    public String name() {
        return "binary-cross-entropy";
    }

    @Override
    public Task task() {
        return Task.BINARY;
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
        return label >= 0 && label <= 1 ? null : "in [0, 1]";
    }

    @Override
    public double evaluate(float[] logits, int outputs, float label, float[] prediction, float[] gradient) {
        double z = logits[0];
        double e = exp(-Math.abs(z));
        double p = sigmoid(z, e);
        prediction[0] = (float) p;
        gradient[0] = (float) (p - label);
        return Math.max(z, 0) - z * label + log1p(e);
    }

    @Override
    public void predict(float[] logits, int outputs, float[] prediction) {
        double z = logits[0];
        prediction[0] = (float) sigmoid(z, exp(-Math.abs(z)));
    }
}
