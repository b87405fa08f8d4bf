package io.freshet.learning.loss;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How wrong a prediction is, and in which direction: value and gradient with respect to the model's raw outputs.
 *
 * <p>Each loss takes logits and applies its own link, so that link and loss are fused and stable for |z| up to 1e4. The
 * logits, prediction and gradient of one sample stand at the same place, {@code at}, of arrays that hold those of a whole
 * batch. Stateless and thread-safe; allocates nothing.
 */
public sealed interface Loss
        permits MeanSquaredError,
                MeanAbsoluteError,
                Huber,
                Quantile,
                Poisson,
                BinaryCrossEntropy,
                Hinge,
                CategoricalCrossEntropy,
                SparseCategoricalCrossEntropy,
                SequenceCrossEntropy,
                Dice,
                Iou,
                BoxIou,
                GeneralizedBoxIou {
    /** Far more than any label has, small enough that a typing error is caught. */
    int MAXIMUM_OUTPUTS = 100_000;

    /** Returns the name in YAML, for example {@code binary-cross-entropy}. */
    String name();

    Task task();

    /** Returns the hyperparameters by their names in YAML, in the order to print them. */
    default Map<String, Double> hyperparameters() {
        return Map.of();
    }

    /** Returns the fewest outputs that make sense. */
    default int minimumOutputs() {
        return 1;
    }

    /** Returns the most outputs that make sense. */
    default int maximumOutputs() {
        return MAXIMUM_OUTPUTS;
    }

    /** Returns how many numbers a label has: K, or 1 for a class; of a sequence, the steps of the longest. */
    default int labelLength(int outputs) {
        return outputs;
    }

    /** Returns how many logits a sample has: K; of a sequence, K for each step of the longest. */
    default int logitCount(int outputs) {
        return outputs;
    }

    /**
     * Returns what was expected of a label that this loss cannot take, or null if it can.
     *
     * @param label as it came; of a sequence, without padding
     * @param outputs of the model, K
     */
    @Nullable String labelExpectation(float[] label, int outputs);

    /**
     * Returns the loss of one sample, and writes its prediction and its gradient.
     *
     * @param logits the model's raw outputs z; not changed
     * @param at where the sample's logits start, and its prediction and its gradient
     * @param outputs K
     * @param labels the sample's label starts at {@code labelAt}, accepted by {@link #labelExpectation}; of a sequence
     *     shorter than the longest, then not a number
     * @param predictions receives the link of the logits
     * @param gradients receives dLoss/dz
     */
    double evaluate(
            float[] logits, int at, int outputs, float[] labels, int labelAt, float[] predictions, float[] gradients);

    /**
     * Writes the prediction of one sample, the same bits as {@link #evaluate} writes.
     *
     * @param logits of the sample, from {@code at}; not changed
     * @param predictions receives as many numbers, from {@code at}
     */
    void predict(float[] logits, int at, int outputs, float[] predictions);
}
