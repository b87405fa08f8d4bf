package io.freshet.learning.batch;

/**
 * A copy of one sample of a batch, to store it in a checkpoint and restore it.
 *
 * @param label of the length in the shape; a shorter label is padded with NaN
 * @param weight importance, finite and at least 0
 */
public record PackedSample(Features features, float[] label, float weight, Origin origin) {
    /**
     * The packed features of a sample.
     *
     * @param rows feature rows of the sparse matrix
     * @param values what each of {@code rows} is multiplied by, the same length
     * @param ends where each hashed field ends in {@code rows}; length 0 if fields are not separated
     * @param matrix the sample's part of the dense matrix
     * @param steps of a sequence; 1 for a single sample
     */
    public record Features(int[] rows, float[] values, int[] ends, float[] matrix, int steps) {}

    /**
     * Where and when a sample originated.
     *
     * @param partition of the samples topic
     * @param offset in the partition
     * @param eventTime milliseconds since 1970, UTC
     */
    public record Origin(int partition, long offset, long eventTime) {}
}
