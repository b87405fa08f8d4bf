package io.freshet.learning.loss;

import static io.freshet.learning.math.Transcendental.exp;
import static io.freshet.learning.math.Transcendental.log;

/**
 * The softmax of K logits and its cross-entropy, for the losses that share it.
 *
 * <pre>
 *   p_j = exp(z_j - m) / s,   m = max z,   s = sum_j exp(z_j - m)
 * </pre>
 *
 * Sums run in the order of the classes.
 */
final class Softmax {
    private Softmax() {}

    static void predict(float[] logits, int at, int outputs, float[] predictions) {
        softmax(logits, at, outputs, maximum(logits, at, outputs), predictions);
    }

    /** Returns -log p_c; writes p to {@code predictions} and its gradient, p_j - [j = c], to {@code gradients}. */
    static double crossEntropy(
            float[] logits, int at, int outputs, int target, float[] predictions, float[] gradients) {
        double maximum = maximum(logits, at, outputs);
        double sum = softmax(logits, at, outputs, maximum, predictions);
        double others = 0;
        for (int j = 0; j < outputs; j++) {
            if (j != target) {
                gradients[at + j] = predictions[at + j];
                others += predictions[at + j];
            }
        }
        // Keeps its digits where p_c is close to 1 and p_c - 1 would not.
        gradients[at + target] = (float) -others;
        return log(sum) + maximum - logits[at + target];
    }

    static double maximum(float[] logits, int at, int outputs) {
        float maximum = logits[at];
        for (int j = 1; j < outputs; j++) {
            maximum = Math.max(maximum, logits[at + j]);
        }
        return maximum;
    }

    /** Writes p; returns s. */
    static double softmax(float[] logits, int at, int outputs, double maximum, float[] predictions) {
        double sum = 0;
        for (int j = at; j < at + outputs; j++) {
            double e = exp(logits[j] - maximum);
            predictions[j] = (float) e;
            sum += e;
        }
        for (int j = at; j < at + outputs; j++) {
            predictions[j] = (float) (predictions[j] / sum);
        }
        return sum;
    }
}
