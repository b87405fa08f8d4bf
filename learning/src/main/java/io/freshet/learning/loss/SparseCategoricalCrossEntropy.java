package io.freshet.learning.loss;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The cross-entropy between a class index and the softmax of K logits.
 *
 * <pre>
 *   prediction = p_j = exp(z_j - m) / s,   m = max z,   s = sum_j exp(z_j - m)
 *   L          = -log p_c = log s + m - z_c                        c: the label, 0 .. K-1
 *   dL/dz_j    = p_j - [j = c]                                     for j = c summed as -sum_i!=c p_i
 * </pre>
 *
 * The sum over the other classes is accurate where p_c is close to 1, unlike {@code p_c - 1}. The same as PyTorch's
 * {@code CrossEntropyLoss} on class indices. Sums are in the order of the classes. Pinned by {@code LossGoldenTest}.
 */
public record SparseCategoricalCrossEntropy() implements SoftmaxLoss {
    @Override
    public String name() {
        return "sparse-categorical-cross-entropy";
    }

    @Override
    public int labelLength(int outputs) {
        return 1;
    }

    @Override
    public @Nullable String labelExpectation(float[] label, int outputs) {
        if (label.length != 1 || !LabelRange.isClass(label[0], outputs)) {
            return "a class, a whole number from 0 to " + (outputs - 1);
        }
        return null;
    }

    @Override
    public double evaluate(OutputArrays arrays, int at, int outputs, float[] labels, int labelAt) {
        int target = (int) labels[labelAt];
        return Softmax.crossEntropy(arrays, at, outputs, target);
    }

    @Override
    public void evaluateChange(float label, float previous, float[] gradients, int at, int outputs) {
        Arrays.fill(gradients, at, at + outputs, 0);
        gradients[at + (int) previous]++;
        gradients[at + (int) label]--;
    }
}
