package io.freshet.learning.features;

/**
 * One sample, encoded for one model: what crosses from the decoder to the learner.
 *
 * <p>Its arrays are not copied and must not be changed once it is made.
 */
public final class Sample {
    private final double[] numeric;
    private final int[] rows;
    private final float[] values;
    private final float label;
    private final float weight;
    private final int partition;
    private final long offset;
    private final long eventTime;

    /**
     * @param numeric the numeric features as they came, length n, finite
     * @param rows rows of the parameter matrix that hashed features fall on, ascending, each once
     * @param values what each of {@code rows} is multiplied by, the same length
     * @param label finite, in the range of the model's loss; NaN where there is none (a request to predict)
     * @param weight importance, finite and at least 0
     * @param partition of the samples topic that it came from
     * @param offset in that partition
     * @param eventTime milliseconds since 1970, UTC
     */
    public Sample(
            double[] numeric,
            int[] rows,
            float[] values,
            float label,
            float weight,
            int partition,
            long offset,
            long eventTime) {
        this.numeric = numeric;
        this.rows = rows;
        this.values = values;
        this.label = label;
        this.weight = weight;
        this.partition = partition;
        this.offset = offset;
        this.eventTime = eventTime;
    }

    public double[] numeric() {
        return numeric;
    }

    public int[] rows() {
        return rows;
    }

    public float[] values() {
        return values;
    }

    public float label() {
        return label;
    }

    public float weight() {
        return weight;
    }

    public int partition() {
        return partition;
    }

    public long offset() {
        return offset;
    }

    public long eventTime() {
        return eventTime;
    }
}
