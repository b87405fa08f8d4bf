package io.freshet.learning.loss;

import org.jspecify.annotations.Nullable;

/**
 * How wrong a prediction is, and in which direction: value and gradient with respect to the model's raw outputs.
 *
 * <p>Each loss takes logits and applies its own link, so that link and loss are fused and stable for |z| up to 1e4.
 * Stateless and thread-safe.
 */
public sealed interface Loss permits MeanSquaredError, BinaryCrossEntropy, SparseCategoricalCrossEntropy {
    /** Returns the name in YAML, for example {@code binary-cross-entropy}. */
    String name();

    Task task();

    /** Returns the fewest outputs that make sense. */
    int minimumOutputs();

    /** Returns the most outputs that make sense. */
    int maximumOutputs();

    /**
     * Returns what was expected of a label that this loss cannot take, or null if it can.
     *
     * @param label as it came
     * @param outputs of the model, K
     */
    @Nullable String labelExpectation(float label, int outputs);

    /**
     * Returns the loss of one sample, and writes its prediction and its gradient.
     *
     * @param logits the model's raw outputs z, length at least K; not changed
     * @param outputs K
     * @param label accepted by {@link #labelExpectation}
     * @param prediction receives the link of the logits, length at least K
     * @param gradient receives dLoss/dz, length at least K
     */
    double evaluate(float[] logits, int outputs, float label, float[] prediction, float[] gradient);

    /**
     * Writes the prediction of one sample, the same bits as {@link #evaluate} writes.
     *
     * @param logits length at least K; not changed
     * @param prediction receives K numbers
     */
    void predict(float[] logits, int outputs, float[] prediction);
}
