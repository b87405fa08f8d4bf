package io.freshet.learning.encode;

import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.features.Sample;
import io.freshet.learning.features.Sample.Revision;
import io.freshet.learning.features.Stage;
import io.freshet.learning.spec.FeatureSpec;
import io.freshet.learning.spec.ModelSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Encodes a row as a sample for one model: checks the fields, and hashes categories, words, crosses, and sparse
 * vectors.
 *
 * <pre>
 *   category c of field f     row = first + (murmur(c, murmur(f, seed)) mod 2^hashBits)              value 1
 *   word t of field f         row = first + (murmur(t, murmur(f, seed)) mod 2^hashBits)              value 1 for each
 *   cross of fields f1, f2    row = first + (murmur(c2, murmur(c1, murmur(f2, murmur(f1, seed')))) mod 2^hashBits)
 *   "index:value" of field f  row = first + ((shift + index) mod 2^hashBits)                         value
 *                             shift = 0 for the first such field, and murmur(f, seed) for the others
 *   the same, if f is hashed  row = first + (murmur(index, murmur(f, seed)) mod 2^hashBits)          value
 *   hour h of time f          row = first + (murmur(h, murmur(f + ".hour", seed)) mod 2^hashBits)    value 1
 * </pre>
 *
 * {@code first} is the row after those of the bias and the numbers. Rows are in the order of the fields, and the values of
 * features on one row are added: over all fields, or within each field for a model that separates fields. In a sequence,
 * words are not merged: each is a step. If the model may lack a text, an absent one is read as "". The trainer and the server run the same code. Contains scratch space, so
 * use one encoder per thread. Pinned by {@code FeatureEncoderTest}.
 */
public final class FeatureEncoder {
    private static final float[] NO_LABEL = {};

    private final String labelName;
    private final LabelReader label;
    private final WeightReader weight;
    private final HoldoutSplit holdout;
    private final RevisionReader revisions;
    private final NumericFeatures numeric;
    private final VectorReader dense;
    private final int denseLength;
    private final HashedFields hashed;
    private final HashedRows hashedRows;
    /** The maximum length of a sequence; 0 if the model takes single samples. */
    private final int steps;

    private final @Nullable SequenceLength length;
    /** The field whose words are the steps of a sequence; null without one. */
    private final @Nullable String wordField;

    /** @throws IllegalArgumentException if {@code layout} lacks a field of {@code spec} */
    public FeatureEncoder(ModelSpec spec, RowLayout layout) {
        FieldPlaces places = new FieldPlaces(layout);
        FeatureSpec features = spec.features();
        labelName = spec.label();
        label = new LabelReader(spec, places);
        weight = new WeightReader(spec.fields(), places);
        holdout = new HoldoutSplit(spec, places);
        revisions = new RevisionReader(spec, places, label);
        numeric = new NumericFeatures(spec, places);
        steps = spec.model().steps();
        String lengthName = features.length();
        length = lengthName == null ? null : new SequenceLength(lengthName, places.number(lengthName), steps);
        dense = new VectorReader(features.dense(), places, steps);
        denseLength = features.denseLength();
        hashed = new HashedFields(spec, places);
        hashedRows = new HashedRows(spec);
        List<String> tokens = features.tokens();
        wordField = steps == 0 || tokens.isEmpty() ? null : tokens.get(0);
    }

    /**
     * Returns the sample to learn. A closed one has no features.
     *
     * @param row a record in the layout given to the constructor
     * @throws InvalidSampleException if a field is missing that the model requires, not finite, or out of range
     */
    public Sample encode(Row row, int partition, long offset) throws InvalidSampleException {
        Revision revision = revisions.read(row);
        if (revision != null && revision.stage() == Stage.CLOSED) {
            Sample.Position position = new Sample.Position(partition, offset, row.eventTime(), row.epoch());
            return Sample.closed(label.read(row, 0), holdout.contains(row), position, revision.id());
        }
        int limit = limit(row);
        float[] labelValue = label.read(row, limit);
        float weightValue = weight.read(row);
        boolean heldOut = holdout.contains(row);
        Sample sample = encode(row, limit, labelValue, weightValue, heldOut, partition, offset);
        if (revision != null) {
            return new Sample(sample.features(), labelValue, weightValue, heldOut, sample.position(), revision);
        }
        if (steps > 0 && labelValue.length != sequenceLength(sample)) {
            throw InvalidSampleException.of(
                    labelName, labelValue.length + " classes", "one for each of " + sequenceLength(sample) + " steps");
        }
        return sample;
    }

    /**
     * Returns a sample to predict, without label and weight.
     *
     * @throws InvalidSampleException if a feature is missing that the model requires, or not finite
     */
    public Sample encodeFeatures(Row row) throws InvalidSampleException {
        return encode(row, limit(row), NO_LABEL, 1, false, -1, -1);
    }

    /**
     * Checks everything that a model learns from a row except the label: the features, the weight, and the sampling rate.
     *
     * @throws InvalidSampleException as {@link #encode} would, if the row had a label
     */
    public void checkUnlabeled(Row row) throws InvalidSampleException {
        encodeFeatures(row);
        weight.read(row);
    }

    /** Returns whether the row has a label, valid or not. */
    public boolean hasLabel(Row row) {
        return label.isPresent(row);
    }

    /** Returns the notice that some label was not read as it was written; null if each was. */
    public @Nullable String labelNotice() {
        return label.notice();
    }

    /** Returns the sequence length given by the length field, or 0 without such a field. */
    private int limit(Row row) throws InvalidSampleException {
        return length == null ? 0 : length.read(row);
    }

    private Sample encode(
            Row row, int limit, float[] labelValue, float weightValue, boolean heldOut, int partition, long offset)
            throws InvalidSampleException {
        double[] numbers = numeric.read(row);
        float[] vectors = dense.read(row, limit);
        hashedRows.clear();
        hashed.read(row, limit, hashedRows);
        hashedRows.finish();
        int[] rows = new int[hashedRows.size()];
        float[] values = new float[rows.length];
        hashedRows.copyTo(rows, values);
        Sample sample = new Sample(
                new Sample.Features(numbers, vectors, rows, hashedRows.ends(), values),
                labelValue,
                weightValue,
                heldOut,
                new Sample.Position(partition, offset, row.eventTime(), row.epoch()));
        if (wordField != null && rows.length != sequenceLength(sample)) {
            throw InvalidSampleException.of(
                    wordField, rows.length + " words", "one for each of " + sequenceLength(sample) + " steps");
        }
        return sample;
    }

    /** Returns the count of steps in the vectors, or of words if the model has no vectors. */
    private int sequenceLength(Sample sample) {
        return denseLength > 0 ? sample.dense().length / denseLength : sample.rows().length;
    }
}
