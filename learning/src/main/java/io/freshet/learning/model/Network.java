package io.freshet.learning.model;

/** A model ready to run: from a packed batch to logits, and from their gradients back to the parameters. */
public sealed interface Network permits LinearNetwork {
    /**
     * Writes the logits of one sample.
     *
     * @param parameters an array that starts with them
     * @param batch packed samples
     * @param sample its index in the batch
     * @param logits receives K numbers
     */
    void forward(float[] parameters, Batch batch, int sample, float[] logits);

    /**
     * Adds up the gradient of a batch from the gradients of its logits, {@link Batch#delta}.
     *
     * @param gradient receives the rows touched, each once, and their gradients
     */
    void backward(Batch batch, Gradient gradient);
}
