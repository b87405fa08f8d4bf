package io.freshet.learning.network;

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

    /**
     * Returns a network of weighted sums.
     *
     * @param rows of the table of parameters
     * @param outputs K
     * @param stride row r starts at {@code r * stride}
     */
    static Network linear(int rows, int outputs, int stride) {
        return new LinearNetwork(rows, outputs, stride);
    }

    /**
     * Returns a factorization machine.
     *
     * @param rows of the table of parameters
     * @param outputs K
     * @param rank factors of a feature
     * @param stride row r starts at {@code r * stride}
     */
    static Network factorizationMachine(int rows, int outputs, int rank, int stride) {
        return new FactorizationMachineNetwork(rows, outputs, rank, stride);
    }

    /**
     * Returns dense layers over numbers.
     *
     * @param seed of dropout
     */
    static Network mlp(DenseShape layers, int parameters, long seed) {
        return new MlpNetwork(layers, parameters, seed);
    }

    /**
     * Returns dense layers over numbers and embeddings.
     *
     * @param parameters of the table, which is stored first, and of the layers
     * @param seed of dropout
     */
    static Network embeddingMlp(EmbeddingShape in, DenseShape layers, int parameters, long seed) {
        return new EmbeddingMlpNetwork(in, layers, parameters, seed);
    }

    /**
     * Returns a network for sequences.
     *
     * @param parameters of the table, the cell and the output layer, which are stored in this order
     */
    static Network sequence(SequenceShape shape, CellNetwork cell, int parameters) {
        return new SequenceNetwork(shape, cell, parameters);
    }

    /** Whether the forward pass for an update differs from the one for a prediction. */
    default boolean dropsOut() {
        return false;
    }
}
