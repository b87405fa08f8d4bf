package io.freshet.learning.predict;

import io.freshet.learning.batch.Batch;
import io.freshet.learning.evaluation.ConfusionMatrix;
import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.features.Sample;
import io.freshet.learning.features.Standardizer;
import io.freshet.learning.model.InputShape;
import io.freshet.learning.network.Network;
import io.freshet.learning.parameters.StateLayout;
import io.freshet.learning.spec.ModelSpec;
import org.jspecify.annotations.Nullable;

/**
 * Scores snapshots of one model on labeled samples, in batches, with the same loss and metrics as progressive validation.
 *
 * <p>Scores any number of keys of the model. Not thread-safe.
 */
public final class Scorer {
    private final Standardizer standardizer;
    private final Batch batch;
    private final Evaluator evaluator;
    private final Tally tally;
    private final @Nullable ConfusionMatrix confusion;
    private @Nullable Snapshot snapshot;
    private long rejected;

    public Scorer(ModelSpec spec) {
        InputShape in = spec.inputShape();
        StateLayout layout = spec.model().layout(in, spec.outputs(), 0).withoutSlots();
        standardizer = spec.features().standardizer();
        batch = new Batch(spec.model().batchShape(in, spec.labelLength()));
        evaluator = new Evaluator(spec, spec.model().network(in, spec.outputs(), layout, spec.seed()));
        tally = new Tally(spec.loss().task(), spec.outputs());
        confusion = ConfusionMatrix.of(spec.loss().task(), spec.outputs());
    }

    /** Scores a labeled sample with a snapshot of the model. */
    public void score(Snapshot by, Sample sample) {
        if (by != snapshot || batch.size() == Network.MAXIMUM_SAMPLES) {
            flush();
            snapshot = by;
        }
        batch.add(sample, standardizer, by.moments());
    }

    private void flush() {
        int size = batch.size();
        if (snapshot == null || size == 0) {
            return;
        }
        evaluator.evaluate(snapshot.parameters(), batch, 0, size, Network.PREDICT);
        for (int i = 0; i < size; i++) {
            if (evaluator.isFinite(i)) {
                evaluator.tally(batch, 0, i, tally);
                if (confusion != null) {
                    evaluator.count(batch, 0, i, confusion);
                }
            } else {
                rejected++;
            }
        }
        batch.clear();
    }

    /** Returns the metrics of all samples so far. */
    public Tally tally() {
        flush();
        return tally;
    }

    /** Returns the confusion matrix of all samples so far; null if the model has none. See {@link ConfusionMatrix#of}. */
    public @Nullable ConfusionMatrix confusion() {
        flush();
        return confusion;
    }

    /** Returns the count of samples whose loss is not finite; {@link #tally} excludes them. */
    public long rejected() {
        flush();
        return rejected;
    }
}
