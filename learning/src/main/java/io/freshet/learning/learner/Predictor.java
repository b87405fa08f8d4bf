package io.freshet.learning.learner;

import io.freshet.learning.features.Sample;
import io.freshet.learning.model.Batch;
import io.freshet.learning.model.InputShape;
import io.freshet.learning.model.Network;
import io.freshet.learning.model.StateLayout;
import io.freshet.learning.spec.ModelSpec;
import java.util.Arrays;

/**
 * Predicts with a snapshot: the same bits as the learner would predict in the state that the snapshot was taken of. For a
 * network of dense layers that learns in batches, the same to rounding: a row of a matrix product need not have the bits
 * that it has alone.
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

    /**
     * Returns what the loss makes of the model's outputs: the predicted numbers, the probability of 1, the probability of
     * each class; of a sequence, those of each of its steps.
     */
    public float[] predict(Sample sample) {
        ModelSpec spec = snapshot.spec();
        InputShape in = spec.inputShape();
        StateLayout layout = spec.model().layout(in, spec.outputs(), 0).withoutSlots();
        Batch batch = new Batch(spec.model().batchShape(in, spec.labelLength()));
        batch.add(sample, spec.features().standardizer(), snapshot.moments());
        Network network = spec.model().network(in, spec.outputs(), layout, spec.seed());
        Evaluator evaluator = new Evaluator(spec, network);
        evaluator.predict(snapshot.parameters(), batch, 0, 1);
        int length = spec.model().steps() > 0 ? batch.steps(0) * spec.outputs() : spec.logitCount();
        return Arrays.copyOf(evaluator.predictions(), length);
    }
}
