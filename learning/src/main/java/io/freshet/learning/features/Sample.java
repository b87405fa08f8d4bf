package io.freshet.learning.features;

/**
 * One sample, encoded for one model: what crosses from the decoder to the learner.
 *
 * <p>Its arrays are not copied and must not be changed once it is made.
 *
 * @param numeric the numeric features as they came, length n, finite
 * @param dense the dense vectors one after the other, divided as specified, finite; for a sequence, those of step 0, then
 *     of step 1, and so on
 * @param rows rows of the parameter table that hashed features fall on, each once in its field, ascending in it
 * @param ends where each hashed field ends in {@code rows}; length 0 for a model to which fields are all one
 * @param values what each of {@code rows} is multiplied by, the same length
 * @param label finite, in the range of the model's loss; for a sequence one class a step; empty where there is none (a
 *     request to predict)
 * @param weight importance, finite and at least 0
 * @param holdout whether it is only ever predicted, never learned
 * @param partition of the samples topic that it came from
 * @param offset in that partition
 * @param eventTime milliseconds since 1970, UTC
 * @param epoch which pass over a bounded input it belongs to, from 0
 */
public record Sample(
        double[] numeric,
        float[] dense,
        int[] rows,
        int[] ends,
        float[] values,
        float[] label,
        float weight,
        boolean holdout,
        int partition,
        long offset,
        long eventTime,
        int epoch) {
    private static final float[] NO_FLOATS = {};
    private static final int[] NO_INTS = {};

    /** A sample of numbers and hashed features with one number for a label, to be learned. */
    public Sample(
            double[] numeric,
            int[] rows,
            float[] values,
            float label,
            float weight,
            int partition,
            long offset,
            long eventTime) {
        this(
                numeric,
                NO_FLOATS,
                rows,
                NO_INTS,
                values,
                new float[] {label},
                weight,
                false,
                partition,
                offset,
                eventTime,
                0);
    }
}
