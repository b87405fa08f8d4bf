package io.freshet.learning.loss;

import io.freshet.learning.math.Probability;
import org.jspecify.annotations.Nullable;

/**
 * A loss of predictions, with its gradient with respect to the model's logits.
 *
 * <p>Each loss applies its own link to the logits, so that link and loss are fused and stable for |z| up to 1e4. The
 * logits, prediction and gradient of a sample start at the same index, {@code at}, of arrays that hold those of a
 * batch. Stateless and thread-safe; allocates nothing.
 */
public sealed interface Loss permits PointwiseLoss, SoftmaxLoss, SequenceCrossEntropy, MaskLoss, BoxLoss {
    /** Far more than any label needs, and small enough to catch a typo. */
    int MAXIMUM_OUTPUTS = 100_000;

    /** Returns the name in YAML, for example {@code binary-cross-entropy}. */
    String name();

    Task task();

    /** Returns whether it is a convex function of the logits. */
    default boolean isConvex() {
        return false;
    }

    /** Returns whether it has a kink whose two sides differ in steepness. */
    default boolean hasUnevenKink() {
        return false;
    }

    /** Returns whether logits and labels have the same unit, so that the scale of labels is that of logits. */
    default boolean isInUnitOfLabel() {
        return false;
    }

    /** Returns whether a prediction is an estimate of the label's mean, so that the range of the labels limits it. */
    default boolean predictsMean() {
        return false;
    }

    /**
     * Returns whether the loss has the form A(z) - B(y) z, so that the difference of the gradients of two labels does not depend on
     * the prediction.
     */
    default boolean isLinearInLabel() {
        return false;
    }

    /** Returns the smallest valid number of outputs. */
    default int minimumOutputs() {
        return 1;
    }

    /** Returns the largest valid number of outputs. */
    default int maximumOutputs() {
        return MAXIMUM_OUTPUTS;
    }

    /** Returns the length of a label: K, or 1 for a class index; for sequences, the steps of the longest. */
    default int labelLength(int outputs) {
        return outputs;
    }

    /** Returns the number of classes of which a label is one; 0 if a label is something else. */
    default int classes(int outputs) {
        if (labelLength(outputs) != 1) {
            return 0;
        }
        return task().isBinary() ? 2 : task() == Task.MULTICLASS ? outputs : 0;
    }

    /** Returns the number of logits of a sample: K; for sequences, K for each step of the longest. */
    default int logitCount(int outputs) {
        return outputs;
    }

    /**
     * Returns the expectation that a label violates; null if the label is valid.
     *
     * @param label as received; for a sequence, without padding
     * @param outputs of the model, K
     */
    @Nullable String labelExpectation(float[] label, int outputs);

    /**
     * Returns the loss of one sample, and writes its prediction and gradient.
     *
     * @param arrays logits are not changed; predictions and gradients are written
     * @param at where the sample's logits, prediction and gradient start
     * @param outputs K
     * @param labels the sample's label starts at {@code labelAt}, and is valid by {@link #labelExpectation}; for a
     *     sequence shorter than the longest, NaN follows
     */
    double evaluate(OutputArrays arrays, int at, int outputs, float[] labels, int labelAt);

    /**
     * Writes the gradient of a changed label: that of the label minus that of the previous one, for any prediction.
     *
     * <pre>
     *   dL/dz_k (y) - dL/dz_k (y')          y: the label; y': the previous one
     *   binary cross-entropy                y' - y
     *   squared error, Poisson              2 (y' - y)
     *   sparse categorical cross-entropy    [k = y'] - [k = y]
     * </pre>
     *
     * Computed in float64. Pinned by {@code LabelChangeTest}.
     *
     * @param gradients receives the gradient, from {@code at}
     * @throws UnsupportedOperationException unless the loss {@link #isLinearInLabel} and labels are one number
     */
    default void evaluateChange(float label, float previous, float[] gradients, int at, int outputs) {
        throw new UnsupportedOperationException("loss: " + name() + " (expected: one that is linear in the label)");
    }

    /**
     * Writes the prediction of one sample, the same bits as {@link #evaluate}; by default, the logits.
     *
     * @param logits of the sample, from {@code at}; not changed
     * @param predictions receives the prediction, from {@code at}
     */
    default void predict(float[] logits, int at, int outputs, float[] predictions) {
        System.arraycopy(logits, at, predictions, at, outputs);
    }

    /**
     * Writes logits of a prediction, the inverse of {@link #predict} up to rounding and a constant; by default, the prediction. A
     * probability of 0 or 1 has the logit that {@link Probability} defines.
     *
     * @param predictions of the sample, from {@code at}; not changed
     * @param logits receives the logits, from {@code at}
     * @return false if the numbers are not a prediction of this loss; then the logits are undefined
     */
    default boolean invert(float[] predictions, int at, int outputs, float[] logits) {
        boolean finite = true;
        for (int k = at; k < at + outputs; k++) {
            finite &= Math.abs(predictions[k]) <= Float.MAX_VALUE;
            logits[k] = predictions[k];
        }
        return finite;
    }

    /**
     * Returns the mean loss of labels that are distributed as predicted; NaN if a prediction is not a distribution of labels.
     *
     * @param predictions of the sample, from {@code at}; not changed
     */
    default double expected(float[] predictions, int at, int outputs) {
        return Double.NaN;
    }
}
