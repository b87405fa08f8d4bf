package io.freshet.learning.loss;

/**
 * The outputs of a batch: sample by sample, the logits to read, and the predictions and gradients to write.
 *
 * @param logits the model's raw outputs z
 * @param predictions the link of the logits, the same length
 * @param gradients dLoss/dz, the same length
 */
public record OutputArrays(float[] logits, float[] predictions, float[] gradients) {}
