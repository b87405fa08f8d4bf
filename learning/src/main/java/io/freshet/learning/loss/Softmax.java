package io.freshet.learning.loss;

import static io.freshet.learning.math.Transcendental.exp;
import static io.freshet.learning.math.Transcendental.log;

import io.freshet.learning.math.Probability;

/**
 * The softmax of K logits and its cross-entropy, for the losses that share it.
 *
 * <pre>
 *   p_j = exp(z_j - m) / s,   m = max z,   s = sum_j exp(z_j - m)
 * </pre>
 *
 * Sums are in the order of the classes. Pinned by {@code LossGoldenTest}.
 */
final class Softmax {
    /** Maximum deviation of a sum of shares from 1, to allow for shares rounded to three digits. */
    static final double TOLERANCE = 1e-3;

    private Softmax() {}

    static void predict(float[] logits, int at, int outputs, float[] predictions) {
        softmax(logits, at, outputs, maximum(logits, at, outputs), predictions);
    }

    /** Returns -log p_c; writes the predictions p and the gradients p_j - [j = c]. */
    static double crossEntropy(OutputArrays arrays, int at, int outputs, int target) {
        float[] logits = arrays.logits();
        float[] predictions = arrays.predictions();
        float[] gradients = arrays.gradients();
        double maximum = maximum(logits, at, outputs);
        double sum = softmax(logits, at, outputs, maximum, predictions);
        for (int j = 0; j < outputs; j++) {
            gradients[at + j] = predictions[at + j];
        }
        // Accurate where p_c is close to 1, unlike p_c - 1.
        gradients[at + target] = (float) (0 - sumOfOthers(predictions, at, outputs, target));
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

    /** Returns the sum of numbers, in order. */
    static double sum(float[] numbers, int at, int count) {
        return sumOfOthers(numbers, at, count, -1);
    }

    /** Returns the sum of numbers except one of them, in order. */
    static double sumOfOthers(float[] numbers, int at, int count, int excluded) {
        double sum = 0;
        for (int j = 0; j < count; j++) {
            if (j != excluded) {
                sum += numbers[at + j];
            }
        }
        return sum;
    }

    /** Returns the index of the largest number, the first in case of ties. */
    static int largest(float[] numbers, int at, int count) {
        int largest = 0;
        for (int j = 1; j < count; j++) {
            if (numbers[at + j] > numbers[at + largest]) {
                largest = j;
            }
        }
        return largest;
    }

    /** Writes log p_j; returns whether the numbers are a distribution. */
    static boolean invert(float[] predictions, int at, int outputs, float[] logits) {
        boolean valid = Math.abs(sum(predictions, at, outputs) - 1) <= TOLERANCE;
        for (int j = at; j < at + outputs; j++) {
            valid &= Probability.isOne(predictions[j]);
            logits[j] = (float) Probability.logarithm(predictions[j]);
        }
        return valid;
    }

    /** Returns sum_j -p_j log p_j. */
    static double entropy(float[] predictions, int at, int outputs) {
        double sum = 0;
        for (int j = at; j < at + outputs; j++) {
            sum += Probability.entropyTerm(predictions[j]);
        }
        return sum;
    }
}
