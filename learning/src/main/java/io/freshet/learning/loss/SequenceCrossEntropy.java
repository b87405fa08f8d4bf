package io.freshet.learning.loss;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The cross-entropy between a class and the softmax of K logits at each step of a sequence, averaged over its steps.
 *
 * <pre>
 *   prediction  = p_tj = softmax_j(z_t)                          t = 0 .. T-1, j = 0 .. K-1
 *   L           = (1/n) sum_t -log p_t,c_t       t < n              n: steps of this sequence, c_t: its classes
 *   dL/dz_tj    = (p_tj - [j = c_t]) / n                         0 for t >= n
 * </pre>
 *
 * A label of n classes ends at the first NaN, or after T steps; logits after it are ignored. In a batch, a sequence is
 * weighted by its steps, so the mean of a batch is over all steps, as in PyTorch's {@code CrossEntropyLoss} with {@code
 * ignore_index}. Each step equals {@link SparseCategoricalCrossEntropy}, to the bit. Pinned by {@code LossGoldenTest}
 * and {@code CrossEntropyTest}.
 *
 * @param steps of the model's longest sequence, T
 */
public record SequenceCrossEntropy(int steps) implements Loss {
    public SequenceCrossEntropy {
        if (steps < 1) {
            throw new IllegalArgumentException("steps: " + steps + " (expected: at least 1)");
        }
    }

    @Override
    public String name() {
        return "sequence-cross-entropy";
    }

    @Override
    public Task task() {
        return Task.SEQUENCE;
    }

    @Override
    public int minimumOutputs() {
        return 2;
    }

    @Override
    public int labelLength(int outputs) {
        return steps;
    }

    @Override
    public int logitCount(int outputs) {
        return steps * outputs;
    }

    @Override
    public @Nullable String labelExpectation(float[] label, int outputs) {
        boolean valid = label.length >= 1 && label.length <= steps;
        for (float c : label) {
            valid &= LabelRange.isClass(c, outputs);
        }
        return valid ? null : "1 to " + steps + " classes, whole numbers from 0 to " + (outputs - 1);
    }

    @Override
    public double evaluate(OutputArrays arrays, int at, int outputs, float[] labels, int labelAt) {
        float[] logits = arrays.logits();
        float[] predictions = arrays.predictions();
        float[] gradients = arrays.gradients();
        int length = length(labels, labelAt);
        double sum = 0;
        for (int t = 0; t < length; t++) {
            int target = (int) labels[labelAt + t];
            sum += Softmax.crossEntropy(arrays, at + t * outputs, outputs, target);
        }
        int end = at + length * outputs;
        for (int i = at; i < end; i++) {
            gradients[i] = gradients[i] / length;
        }
        Arrays.fill(gradients, end, at + steps * outputs, 0);
        for (int t = length; t < steps; t++) {
            Softmax.predict(logits, at + t * outputs, outputs, predictions);
        }
        return sum / length;
    }

    private int length(float[] labels, int labelAt) {
        int length = 0;
        while (length < steps && !Float.isNaN(labels[labelAt + length])) {
            length++;
        }
        return length;
    }

    @Override
    public void predict(float[] logits, int at, int outputs, float[] predictions) {
        for (int t = 0; t < steps; t++) {
            Softmax.predict(logits, at + t * outputs, outputs, predictions);
        }
    }

    @Override
    public boolean invert(float[] predictions, int at, int outputs, float[] logits) {
        boolean valid = true;
        for (int t = 0; t < steps; t++) {
            valid &= Softmax.invert(predictions, at + t * outputs, outputs, logits);
        }
        return valid;
    }
}
