package io.freshet.learning.predict;

import io.freshet.learning.evaluation.ConfusionMatrix;
import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.features.Sample;
import io.freshet.learning.model.Batch;
import io.freshet.learning.spec.ModelSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Predicts samples in batches, and scores those that have a label, with the same loss and metrics as progressive validation.
 *
 * <p>Takes snapshots of any number of keys of one model. Not thread-safe.
 */
public final class Scorer {
    private final SampleBatches batches;
    private final Tally tally;
    private final @Nullable ConfusionMatrix confusion;
    private long rejected;

    public Scorer(ModelSpec spec) {
        batches = new SampleBatches(new Predictor.Shape(spec));
        tally = Tally.of(spec.loss().task(), spec.outputs());
        confusion = ConfusionMatrix.of(spec.loss().task(), spec.outputs());
    }

    /** Returns the prediction of each sample, the same bits as {@link Predictor#predict(List)}. */
    public float[][] predict(Snapshot snapshot, List<Sample> samples) {
        return batches.predict(
                snapshot, samples, (evaluator, batch, next) -> score(evaluator, snapshot.labelRange(), batch, next));
    }

    private void score(Evaluator evaluator, double[] range, Batch batch, List<Sample> samples) {
        for (int i = 0; i < samples.size(); i++) {
            if (samples.get(i).label().length > 0) {
                evaluator.evaluateLoss(range, batch, 0, i);
                if (evaluator.isFinite(i)) {
                    evaluator.tally(batch, 0, i, tally);
                    if (confusion != null) {
                        evaluator.count(batch, 0, i, confusion);
                    }
                } else {
                    rejected++;
                }
            }
        }
    }

    /** Returns the metrics of all samples with a label so far. */
    public Tally tally() {
        return tally;
    }

    /** Returns the confusion matrix of all samples with a label so far; null if the model has none. See {@link ConfusionMatrix#of}. */
    public @Nullable ConfusionMatrix confusion() {
        return confusion;
    }

    /** Returns the count of samples whose loss is not finite; {@link #tally} excludes them. */
    public long rejected() {
        return rejected;
    }
}
