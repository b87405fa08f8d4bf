package io.freshet.learning.learner;

import io.freshet.learning.features.Sample;
import io.freshet.learning.model.Batch;
import io.freshet.learning.spec.ModelSpec;

/**
 * Predicts with a snapshot: the same bits as the learner would predict in the state that the snapshot was taken of.
 *
 * <p>Thread-safe: the snapshot is never changed, and each call has its own scratch space.
 */
public final class Predictor {
    private final Snapshot snapshot;

    public Predictor(Snapshot snapshot) {
        this.snapshot = snapshot;
    }

    public Snapshot snapshot() {
        return snapshot;
    }

    /** Returns K numbers: the predicted number, the probability of 1, or the probability of each class. */
    public float[] predict(Sample sample) {
        ModelSpec spec = snapshot.spec();
        int outputs = spec.outputs();
        Batch batch = new Batch(outputs);
        batch.add(sample, spec.features().standardize() ? snapshot.moments() : null);
        float[] logits = new float[outputs];
        spec.model().network(spec.features().rows(), outputs).forward(snapshot.parameters(), batch, 0, logits);
        float[] prediction = new float[outputs];
        spec.loss().predict(logits, outputs, prediction);
        return prediction;
    }
}
