package io.freshet.learning.loss;

import static io.freshet.learning.math.Transcendental.exp;
import static io.freshet.learning.math.Transcendental.log;

import org.jspecify.annotations.Nullable;

/**
 * The cross-entropy of a class index and the softmax of K logits.
 *
 * <pre>
 *   prediction = p_j = exp(z_j - m) / s,   m = max z,   s = sum_j exp(z_j - m)
 *   L          = -log p_c = log s + m - z_c                        c: the label, 0 .. K-1
 *   dL/dz_j    = p_j - [j = c]                                     for j = c summed as -sum_i!=c p_i
 * </pre>
 *
 * The sum of the other classes keeps its digits where p_c is close to 1 and {@code p_c - 1} would not. PyTorch calls it
 * {@code CrossEntropyLoss} on class indices. Sums run in the order of the classes. Pinned by {@code LossGoldenTest}.
 */
public record SparseCategoricalCrossEntropy() implements Loss {
    /** Wide enough for any product catalogue's top level, small enough that a typing error is caught. */
    private static final int MAXIMUM_CLASSES = 100_000;

    @Override
    public String name() {
        return "sparse-categorical-cross-entropy";
    }

    @Override
    public Task task() {
        return Task.MULTICLASS;
    }

    @Override
    public int minimumOutputs() {
        return 2;
    }

    @Override
    public int maximumOutputs() {
        return MAXIMUM_CLASSES;
    }

    @Override
    public @Nullable String labelExpectation(float label, int outputs) {
        boolean isClass = label >= 0 && label < outputs && label == (int) label;
        return isClass ? null : "a class, a whole number from 0 to " + (outputs - 1);
    }

    @Override
    public double evaluate(float[] logits, int outputs, float label, float[] prediction, float[] gradient) {
        double maximum = maximum(logits, outputs);
        double sum = softmax(logits, outputs, maximum, prediction);
        int target = (int) label;
        double others = 0;
        for (int j = 0; j < outputs; j++) {
            if (j != target) {
                gradient[j] = prediction[j];
                others += prediction[j];
            }
        }
        gradient[target] = (float) -others;
        return log(sum) + maximum - logits[target];
    }

    @Override
    public void predict(float[] logits, int outputs, float[] prediction) {
        softmax(logits, outputs, maximum(logits, outputs), prediction);
    }

    private static double maximum(float[] logits, int outputs) {
        float maximum = logits[0];
        for (int j = 1; j < outputs; j++) {
            maximum = Math.max(maximum, logits[j]);
        }
        return maximum;
    }

    private static double softmax(float[] logits, int outputs, double maximum, float[] prediction) {
        double sum = 0;
        for (int j = 0; j < outputs; j++) {
            double e = exp(logits[j] - maximum);
            prediction[j] = (float) e;
            sum += e;
        }
        for (int j = 0; j < outputs; j++) {
            prediction[j] = (float) (prediction[j] / sum);
        }
        return sum;
    }
}
