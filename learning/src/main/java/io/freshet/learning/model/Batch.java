package io.freshet.learning.model;

import io.freshet.learning.features.Sample;
import io.freshet.learning.features.Stage;
import io.freshet.learning.features.Standardizer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Samples packed for matrix arithmetic: features as a sparse matrix by rows, as a dense matrix, or both, with the
 * label, weight, and origin of each sample.
 *
 * <p>In the sparse matrix, entry i is the feature row {@code rows[i]} with the value {@code values[i]}. Row 0 is the
 * bias, followed by the standardized numbers and then the hashed features. If the shape has a dense matrix, the numbers
 * are there instead, one row per sample or per step of a sequence.
 *
 * <p>Arrays grow as needed and are reused: adding a sample allocates nothing once they are large enough. A new batch
 * has empty arrays.
 */
public final class Batch {
    private static final int[] NO_INTS = {};
    private static final float[] NO_FLOATS = {};
    private static final double[] NO_DOUBLES = {};
    /** Stored size of a sample without its arrays: their lengths, steps, weight, and origin. */
    private static final long SAMPLE_BYTES = 48;
    /** Stored size of an entry of the sparse matrix. */
    private static final long ENTRY_BYTES = Integer.BYTES + Float.BYTES;

    private final BatchShape shape;
    private final SparseRows sparse;
    private final DenseRows dense;
    private final Labels labels;
    private final Origins origins = new Origins();
    private int[] steps = NO_INTS;
    private float[] weight = NO_FLOATS;
    private int size;
    /** Null if the numbers are standardized. */
    private @Nullable RawNumbers raw;
    /** Null until a sample is not complete; then reused. */
    private @Nullable Revisions revisions;
    /** Whether a sample is not complete. */
    private boolean revised;

    public Batch(BatchShape shape) {
        this.shape = shape;
        sparse = new SparseRows(shape);
        dense = new DenseRows(shape);
        labels = new Labels(shape);
    }

    public BatchShape shape() {
        return shape;
    }

    /**
     * Packs a sample, and standardizes its numbers.
     *
     * @param moments moments that include the sample only if it changes a label
     */
    public void add(Sample sample, Standardizer standardizer, double[] moments) {
        if (raw != null) {
            throw new IllegalStateException("a standardized sample among raw ones");
        }
        int place = addAllButNumbers(sample);
        if (sample.numeric().length + sample.dense().length > 0) {
            standardizer.write(moments, sample, numbers(), place);
        }
    }

    /** Packs a sample without standardizing its numbers; {@link #standardize} does so for the whole batch. */
    public void addRaw(Sample sample) {
        double[] numeric = sample.numeric();
        if (raw == null) {
            if (size > 0) {
                throw new IllegalStateException("a raw sample among standardized ones");
            }
            raw = new RawNumbers(numeric.length);
        }
        raw.set(size, numeric);
        int place = addAllButNumbers(sample);
        float[] vectors = sample.dense();
        System.arraycopy(vectors, 0, numbers(), place + numeric.length, vectors.length);
    }

    /** Standardizes the numbers of all raw samples by the same moments; does nothing if they are standardized. */
    public void standardize(Standardizer standardizer, double[] moments) {
        if (raw == null) {
            return;
        }
        for (int i = 0; i < size; i++) {
            raw.standardize(standardizer, moments, i, numbers(), numbersFrom(i), steps[i]);
        }
        raw = null;
    }

    /** Adds a sample without its numbers; returns where to write them in {@link #numbers}. */
    private int addAllButNumbers(Sample sample) {
        reserve(size + 1);
        sparse.set(size, sample);
        int numbers = sample.numeric().length + sample.dense().length;
        if (!shape.numbersAsRows()) {
            dense.pad(size, numbers);
        }
        steps[size] = sequenceLength(sample, numbers);
        labels.set(size, sample.label());
        weight[size] = sample.weight();
        origins.set(size, sample);
        setStage(sample.stage(), sample.previous());
        return numbersFrom(size++);
    }

    /** Sets the stage of the sample to add. */
    private void setStage(Stage stage, float previous) {
        if (stage != Stage.COMPLETE && !revised) {
            if (revisions == null) {
                revisions = new Revisions();
            }
            revisions.start(size);
            revised = true;
        }
        if (revised && revisions != null) {
            revisions.set(size, stage, previous);
        }
    }

    /** Returns where the numbers of a sample start in {@link #numbers}. */
    private int numbersFrom(int sample) {
        return shape.numbersAsRows() ? sparse.from(sample) + 1 : dense.from(sample);
    }

    /** Returns the array that contains the numbers of the samples. */
    private float[] numbers() {
        return shape.numbersAsRows() ? sparse.values() : dense.matrix();
    }

    private int sequenceLength(Sample sample, int numbers) {
        if (shape.steps() == 1) {
            return 1;
        }
        return shape.matrix() > 0 ? numbers / shape.matrix() : sample.rows().length;
    }

    public void clear() {
        size = 0;
        raw = null;
        revised = false;
    }

    /** Returns whether the batch contains samples that are not standardized yet. */
    public boolean isRaw() {
        return raw != null;
    }

    /** Returns a copy of the numeric features of raw samples, sample by sample; length 0 if they are standardized. */
    public double[] numeric() {
        return raw == null ? NO_DOUBLES : raw.toArray(size);
    }

    /** Returns the size of the arrays in bytes. */
    public long bytes() {
        long numbers = raw == null ? 0 : raw.bytes();
        return sparse.bytes()
                + dense.bytes()
                + labels.bytes()
                + origins.bytes()
                + numbers
                + (revisions == null ? 0 : revisions.bytes())
                + (long) Integer.BYTES * steps.length
                + (long) Float.BYTES * weight.length;
    }

    /** Returns the size in bytes of the samples in a checkpoint. Pinned by {@code PendingCodecTest}. */
    public long storedBytes() {
        long numbers = raw == null ? 0 : (long) size * raw.length();
        long stages = revised ? size * Revisions.STORED_BYTES : 0;
        return size * storedBytesPerSample() + ENTRY_BYTES * sparse.count(size) + Double.BYTES * numbers + stages;
    }

    /** Returns by how many bytes a sample would enlarge {@link #storedBytes}, at most. */
    public long storedBytes(Sample sample) {
        long numeric = sample.numeric().length;
        long entries = sample.rows().length + (shape.numbersAsRows() ? 1 + numeric + sample.dense().length : 0);
        long unrevised = sample.stage() == Stage.COMPLETE ? 0 : size + 1L;
        long stages = Revisions.STORED_BYTES * (revised ? 1 : unrevised);
        return storedBytesPerSample() + ENTRY_BYTES * entries + Double.BYTES * numeric + stages;
    }

    private long storedBytesPerSample() {
        return SAMPLE_BYTES + (long) Float.BYTES * (shape.fields() + shape.matrixLength() + shape.labelLength());
    }

    /**
     * Removes samples and keeps the order of the others. All must be standardized.
     *
     * @param removed true for each sample to remove
     */
    public void remove(boolean[] removed) {
        int count = size;
        size = 0;
        for (int i = 0; i < count; i++) {
            if (!removed[i]) {
                restore(get(i));
            }
        }
    }

    /** Returns the largest magnitude of a sample's values; NaN if one is NaN. */
    public float largestMagnitude(int sample) {
        return sparse.largestMagnitude(sample);
    }

    /** Returns the number of samples. */
    public int size() {
        return size;
    }

    /** Returns where the entries of a sample start in {@link #rows}. */
    public int from(int sample) {
        return sparse.from(sample);
    }

    /** Returns the index after a sample's last entry in {@link #rows}. */
    public int to(int sample) {
        return sparse.to(sample);
    }

    /** Returns the index after the last entry of a sample's hashed field, where the next field starts. */
    public int end(int sample, int field) {
        return sparse.end(sample, field);
    }

    /** Returns the feature row of each entry; valid until a sample is added. */
    public int[] rows() {
        return sparse.rows();
    }

    /** Returns the value of each entry; valid until a sample is added. */
    public float[] values() {
        return sparse.values();
    }

    /**
     * Returns the dense matrix; sample i is [i * steps * matrix, (i + 1) * steps * matrix), as defined by the shape.
     */
    public float[] matrix() {
        return dense.matrix();
    }

    /** Returns the length of a sequence; 1 for a single sample. */
    public int steps(int sample) {
        return steps[sample];
    }

    /** Returns the labels, sample by sample; a shorter label is padded with NaN. */
    public float[] labels() {
        return labels.labels();
    }

    public float weight(int sample) {
        return weight[sample];
    }

    public Stage stage(int sample) {
        return revised && revisions != null ? revisions.stage(sample) : Stage.COMPLETE;
    }

    /** Returns the label that a changed sample replaces; NaN in every other stage. */
    public float previous(int sample) {
        return revised && revisions != null ? revisions.previous(sample) : Float.NaN;
    }

    /** Returns whether any sample is not complete. */
    public boolean isRevised() {
        return revised;
    }

    /** Returns the number of samples that only change the label of an earlier one. */
    public int changed() {
        return revised && revisions != null ? revisions.changed(size) : 0;
    }

    public int partition(int sample) {
        return origins.partition(sample);
    }

    public long offset(int sample) {
        return origins.offset(sample);
    }

    public long eventTime(int sample) {
        return origins.eventTime(sample);
    }

    /** Returns a deep copy. */
    public Batch copy() {
        Batch copy = new Batch(shape);
        for (int i = 0; i < size; i++) {
            copy.restore(get(i));
        }
        if (raw != null) {
            copy.restoreRaw(numeric());
        }
        return copy;
    }

    /** Returns a copy with other inputs. All samples must be standardized. */
    public Batch convert(InputChange change, BatchShape converted) {
        return change.convert(this, converted);
    }

    /** Returns a copy of a sample for {@link #restore} to a batch of the same shape. */
    public PackedSample get(int sample) {
        PackedSample.Features features = new PackedSample.Features(
                sparse.rows(sample), sparse.values(sample), sparse.ends(sample), dense.get(sample), steps[sample]);
        return new PackedSample(
                features, labels.get(sample), weight[sample], origins.get(sample), stage(sample), previous(sample));
    }

    /** Adds a sample returned by {@link #get}. */
    public void restore(PackedSample sample) {
        reserve(size + 1);
        sparse.set(size, sample.features());
        dense.set(size, sample.features().matrix());
        steps[size] = sample.features().steps();
        labels.set(size, sample.label());
        weight[size] = sample.weight();
        origins.set(size, sample.origin());
        setStage(sample.stage(), sample.previous());
        size++;
    }

    /** Marks the restored samples as raw, with their {@link #numeric} features. */
    public void restoreRaw(double[] numeric) {
        raw = RawNumbers.of(numeric, size);
    }

    private void reserve(int samples) {
        if (samples > weight.length) {
            int capacity = weight.length == 0 ? samples : samples * 2;
            sparse.reserveSamples(capacity);
            dense.reserve(capacity);
            labels.reserve(capacity);
            origins.reserve(capacity);
            steps = Arrays.copyOf(steps, capacity);
            weight = Arrays.copyOf(weight, capacity);
        }
    }
}
