package io.freshet.learning.model;

import io.freshet.learning.math.ThreadTeam;
import org.jspecify.annotations.Nullable;

/**
 * The computation of a model: from packed samples to logits, and from gradients of logits to gradients of parameters.
 *
 * <p>Holds scratch space and never parameters. Not thread-safe.
 */
public sealed interface Network
        permits LinearNetwork, FactorizationMachineNetwork, MlpNetwork, EmbeddingMlpNetwork, SequenceNetwork {
    /** The update number of a forward pass that is a prediction, and so without dropout. */
    long PREDICT = -1;

    /** The largest number of samples that {@link #forward} accepts at once. */
    int MAXIMUM_SAMPLES = 256;

    /**
     * The largest length of an array of scratch space: the longest that a JVM allocates. A batch that fits is never split, since
     * its samples would be summed in another order, to other bits.
     */
    long MAXIMUM_NUMBERS = Integer.MAX_VALUE - 8;

    /** Returns the length of the largest array of scratch space for one sample. */
    long numbersPerSample();

    /** Returns the number of samples to compute at once, so that scratch space is limited: {@link #MAXIMUM_SAMPLES} or fewer. */
    default int samplesAtOnce() {
        return (int) Math.max(1, Math.min(MAXIMUM_SAMPLES, MAXIMUM_NUMBERS / numbersPerSample()));
    }

    /**
     * Computes the logits of samples.
     *
     * @param state the parameters, as returned by {@link Weights#array}
     * @param from first sample
     * @param to exclusive; at most {@link #MAXIMUM_SAMPLES} samples
     * @param update number of this update, which determines the dropped units, or {@link #PREDICT}
     * @param logits receives the logits, those of the first sample from index 0
     */
    void forward(float[] state, Batch batch, int from, int to, long update, float[] logits);

    /**
     * Adds the gradient of the samples of the last {@link #forward}.
     *
     * @param delta dLoss/dlogit, in the order of {@code logits}; may be changed
     * @param gradient to add to
     * @return an upper bound on the magnitudes added; NaN or infinite if unknown
     */
    float backward(float[] state, Batch batch, int from, int to, float[] delta, Gradient gradient);

    /**
     * Returns the sum over a sample's entries that is its only logit, in the table's one coordinate per row; null if the logits
     * are not such a sum.
     */
    default @Nullable WeightedSum weightedSum() {
        return null;
    }

    /** Returns an empty gradient of the right shape. */
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
    static Network mlp(DenseShape layers, int parameters, long seed, ThreadTeam team) {
        return new MlpNetwork(layers, parameters, seed, team);
    }

    /**
     * Returns dense layers over numbers and embeddings.
     *
     * @param parameters of the table, which is stored first, and of the layers
     * @param seed of dropout
     */
    static Network embeddingMlp(EmbeddingShape in, DenseShape layers, int parameters, long seed, ThreadTeam team) {
        return new EmbeddingMlpNetwork(in, layers, parameters, seed, team);
    }

    /**
     * Returns a network for sequences.
     *
     * @param parameters of the table, the cell and the output layer, which are stored in this order
     */
    static Network sequence(SequenceShape shape, CellNetwork cell, int parameters, ThreadTeam team) {
        return new SequenceNetwork(shape, cell, parameters, team);
    }

    /** Returns whether the forward pass of an update differs from that of a prediction. */
    default boolean dropsOut() {
        return false;
    }
}
