package io.freshet.learning.evaluation;

/**
 * The arrays of predicted samples that a {@link Tally} reads. They may be overwritten between samples.
 *
 * @param outputs logits of a sample, or of a step of a sequence, K
 * @param topK how many of the likeliest classes count for top-k accuracy; 0 for none
 * @param labels of the samples
 * @param logits of the samples
 * @param predictions of the samples, the same length as {@code logits}
 */
public record PredictedSamples(int outputs, int topK, float[] labels, float[] logits, float[] predictions) {
    /** Samples without top-k accuracy. */
    public PredictedSamples(int outputs, float[] labels, float[] logits, float[] predictions) {
        this(outputs, 0, labels, logits, predictions);
    }
}
