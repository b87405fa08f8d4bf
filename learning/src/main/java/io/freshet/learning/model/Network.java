package io.freshet.learning.model;

import io.freshet.learning.batch.Batch;
import io.freshet.learning.parameters.Gradient;
import io.freshet.learning.parameters.Weights;

/** A model ready to run: from packed samples to logits, and from their gradients back to the parameters. */
public sealed interface Network
        permits LinearNetwork, FactorizationMachineNetwork, MlpNetwork, EmbeddingMlpNetwork, SequenceNetwork {
    /** What a forward pass is for, where that is not an update: no dropout. */
    long PREDICT = -1;

    /** The most samples that {@link #forward} takes at once. */
    int MAXIMUM_SAMPLES = 256;

    /**
     * Writes the logits of samples.
     *
     * @param state the parameters, as {@link Weights#array} has them
     * @param batch packed samples
     * @param from the first sample
     * @param to behind the last; at most {@link #MAXIMUM_SAMPLES} samples
     * @param update number of the update that this is for, which decides what is dropped out, or {@link #PREDICT}
     * @param logits receives those of the first sample from 0, and so on
     */
    void forward(float[] state, Batch batch, int from, int to, long update, float[] logits);

    /**
     * Adds the gradient of the samples of the last {@link #forward}.
     *
     * @param delta dLoss/dlogit, as {@code logits} stood; may be changed
     * @param gradient receives what is added
     * @return a bound that no number added exceeds in magnitude; not a number, or infinite, if none can be told
     */
    float backward(float[] state, Batch batch, int from, int to, float[] delta, Gradient gradient);

    /** Returns a gradient of the right shape, with nothing in it. */
    Gradient gradient();

    /** Whether the forward pass for an update differs from the one for a prediction. */
    default boolean dropsOut() {
        return false;
    }
}
