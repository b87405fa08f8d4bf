package io.freshet.learning.predict;

import io.freshet.learning.features.Sample;
import io.freshet.learning.features.Standardizer;
import io.freshet.learning.model.BatchShape;
import io.freshet.learning.model.InputShape;
import io.freshet.learning.model.Network;
import io.freshet.learning.model.StateLayout;
import io.freshet.learning.spec.ModelSpec;
import java.util.List;

/**
 * Predicts with a snapshot, as the learner predicted with the same state.
 *
 * <p>The prediction of a single sample has the bits of the learner's prediction of it alone. The same holds for each of
 * several samples if the model is one table. A neural network multiplies matrices, and rounding depends on their shape: its
 * predictions have the learner's bits for the same batch, and differ by about 1e-6 of their size in other batches.
 *
 * <p>Thread-safe: the snapshot is never changed, and each call has its own scratch space.
 */
public final class Predictor {
    private final Snapshot snapshot;
    private final Shape shape;

    /** The parts of a specification that predictions need. Shared by all its snapshots; thread-safe. */
    public static final class Shape {
        final ModelSpec spec;
        final InputShape in;
        final StateLayout layout;
        final BatchShape batch;
        final Standardizer standardizer;

        public Shape(ModelSpec spec) {
            this.spec = spec;
            in = spec.inputShape();
            layout = spec.model().layout(in, spec.outputs(), 0).withoutSlots();
            batch = spec.model().batchShape(in, spec.labelLength());
            standardizer = spec.features().standardizer();
        }
    }

    public Predictor(Snapshot snapshot) {
        this(snapshot, new Shape(snapshot.spec()));
    }

    /** @param shape of the snapshot's specification */
    public Predictor(Snapshot snapshot, Shape shape) {
        this.snapshot = snapshot;
        this.shape = shape;
    }

    public Snapshot snapshot() {
        return snapshot;
    }

    /**
     * Returns the prediction of a sample: numbers, the probability of label 1, or the probability of each class; for a sequence,
     * those of each step.
     */
    public float[] predict(Sample sample) {
        return predict(List.of(sample))[0];
    }

    /**
     * Returns the prediction of each sample, in order. Computes {@link Network#MAXIMUM_SAMPLES} at a time, fewer if each has more
     * than 16384 inputs or outputs.
     */
    public float[][] predict(List<Sample> samples) {
        return new SampleBatches(shape).predict(snapshot, samples, SampleBatches.Predicted.IGNORED);
    }
}
