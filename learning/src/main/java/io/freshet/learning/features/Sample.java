package io.freshet.learning.features;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One sample, encoded for one model.
 *
 * <p>The arrays are not copied and must not change after construction.
 *
 * @param features the inputs of the model
 * @param label finite, in the range of the model's loss; for a sequence, one class per step; empty in a request to
 *     predict
 * @param weight importance, finite and at least 0
 * @param holdout whether the sample is predicted and scored but never learned
 * @param position position in the stream
 * @param revision null if the sample is complete
 */
public record Sample(
        Features features,
        float[] label,
        float weight,
        boolean holdout,
        Position position,
        @Nullable Revision revision) {
    private static final float[] NO_FLOATS = {};
    private static final int[] NO_INTS = {};
    private static final double[] NO_DOUBLES = {};
    private static final Features NO_FEATURES = new Features(NO_DOUBLES, NO_FLOATS, NO_INTS, NO_INTS, NO_FLOATS);

    /**
     * A model's inputs.
     *
     * @param numeric the numeric features as received, finite, or NaN if missing and imputed; then numbers that
     *     are never standardized: indicators of missing ones, 0 or 1, and cyclic parts of times
     * @param dense the dense vectors, concatenated and divided as specified, finite; for a sequence, those of step 0,
     *     then of step 1, and so on
     * @param rows rows of the parameter table that hashed features map to: distinct, or distinct within each field if there are {@code ends}
     * @param ends where each hashed field ends in {@code rows}; length 0 for a model that does not separate fields
     * @param values the multiplier of each of {@code rows}, the same length
     */
    public record Features(double[] numeric, float[] dense, int[] rows, int[] ends, float[] values) {}

    /**
     * A sample's position in the stream.
     *
     * @param partition partition of the samples topic; -1 in a request to predict
     * @param offset offset in that partition; -1 in a request to predict
     * @param eventTime milliseconds since 1970, UTC
     * @param epoch the pass over a bounded input, from 0
     */
    public record Position(int partition, long offset, long eventTime, int epoch) {}

    /**
     * The stage of a sample whose label may change.
     *
     * @param stage not {@link Stage#COMPLETE}
     * @param id hash of the id that all samples of a request share
     * @param previous the label that a changed sample replaces, valid for the loss; NaN in every other stage
     */
    public record Revision(Stage stage, SampleId id, float previous) {}

    /** Creates a complete sample. */
    public Sample(Features features, float[] label, float weight, boolean holdout, Position position) {
        this(features, label, weight, holdout, position, null);
    }

    /** Returns a sample that only scores the prediction of an earlier one. */
    public static Sample closed(float[] label, boolean holdout, Position position, SampleId id) {
        return new Sample(NO_FEATURES, label, 1, holdout, position, new Revision(Stage.CLOSED, id, Float.NaN));
    }

    /**
     * Returns a sample of this revision to learn after another label of its request.
     *
     * @param learned label that the sample replaces; NaN for none, so that all of it is learned
     */
    public Sample after(float learned, float weight) {
        SampleId id = Objects.requireNonNull(revision).id;
        Stage stage = Float.isNaN(learned) ? Stage.OPEN : Stage.CHANGED;
        return new Sample(features, label, weight, holdout, position, new Revision(stage, id, learned));
    }

    /** Returns the same sample at another position. */
    public Sample at(Position other) {
        return new Sample(features, label, weight, holdout, other, revision);
    }

    /** Returns whether a model learns the same from another sample, wherever it is. */
    public boolean isLike(Sample other) {
        return Arrays.equals(numeric(), other.numeric())
                && Arrays.equals(dense(), other.dense())
                && Arrays.equals(rows(), other.rows())
                && Arrays.equals(ends(), other.ends())
                && Arrays.equals(values(), other.values())
                && Arrays.equals(label, other.label)
                && Float.compare(weight, other.weight) == 0
                && holdout == other.holdout
                && Objects.equals(revision, other.revision);
    }

    /** Returns the bytes of the arrays. */
    public long bytes() {
        return (long) Double.BYTES * numeric().length
                + (long) Float.BYTES
                        * (dense().length + rows().length + ends().length + values().length + label.length);
    }

    /** Returns a sample to learn, with numeric and hashed features and a scalar label. */
    public static Sample of(
            double[] numeric, int[] rows, float[] values, float label, float weight, Position position) {
        Features features = new Features(numeric, NO_FLOATS, rows, NO_INTS, values);
        return new Sample(features, new float[] {label}, weight, false, position);
    }

    public Stage stage() {
        return revision == null ? Stage.COMPLETE : revision.stage;
    }

    /** Returns the label that a changed sample replaces; NaN in every other stage. */
    public float previous() {
        return revision == null ? Float.NaN : revision.previous;
    }

    public double[] numeric() {
        return features.numeric;
    }

    public float[] dense() {
        return features.dense;
    }

    public int[] rows() {
        return features.rows;
    }

    public int[] ends() {
        return features.ends;
    }

    public float[] values() {
        return features.values;
    }

    public int partition() {
        return position.partition;
    }

    public long offset() {
        return position.offset;
    }

    public long eventTime() {
        return position.eventTime;
    }

    public int epoch() {
        return position.epoch;
    }
}
