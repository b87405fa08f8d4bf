package io.freshet.learning.model;

import io.freshet.learning.features.Stage;

/**
 * A copy of one sample of a batch, for checkpoints.
 *
 * @param label label, padded with NaN to the length in the batch's shape
 * @param weight importance, finite and at least 0
 * @param previous the label that a changed sample replaces; NaN in every other stage
 */
public record PackedSample(Features features, float[] label, float weight, Origin origin, Stage stage, float previous) {
    /** Creates a complete sample. */
    public PackedSample(Features features, float[] label, float weight, Origin origin) {
        this(features, label, weight, origin, Stage.COMPLETE, Float.NaN);
    }

    /**
     * The packed features of a sample.
     *
     * @param rows feature rows of the sparse matrix
     * @param values the multiplier of each of {@code rows}, the same length
     * @param ends where each hashed field ends in {@code rows}; length 0 if fields are not separated
     * @param matrix the sample's part of the dense matrix
     * @param steps length of the sequence; 1 for a single sample
     */
    public record Features(int[] rows, float[] values, int[] ends, float[] matrix, int steps) {}

    /**
     * The origin of a sample.
     *
     * @param partition partition of the samples topic
     * @param offset offset in the partition
     * @param eventTime milliseconds since 1970, UTC
     */
    public record Origin(int partition, long offset, long eventTime) {}
}
