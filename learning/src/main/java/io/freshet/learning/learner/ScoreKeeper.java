package io.freshet.learning.learner;

import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.features.Stage;
import io.freshet.learning.model.Batch;
import io.freshet.learning.predict.Evaluator;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.WatchSpec;

/**
 * Adds evaluated samples to the metrics, and their losses to the drift detector. Samples of a batch that are not complete are left
 * out: their labels are not final.
 *
 * <p>The evaluator holds one part of a large batch at a time. The scores of a part are kept until no sample of the batch can be
 * rejected any more.
 */
final class ScoreKeeper {
    private final Evaluator evaluator;
    private final WatchSpec watch;
    private final boolean watchesSamples;
    private final Tally kept;
    private double[] keptLosses = {};

    ScoreKeeper(ModelSpec spec, Evaluator evaluator) {
        this.evaluator = evaluator;
        watch = spec.watch();
        watchesSamples = watch.drift() != null;
        kept = Tally.of(spec.loss().task(), spec.outputs());
    }

    /** Adds the only sample of a batch to the hold-out metrics. */
    void addHeldOut(LearnerState state, Batch one) {
        evaluator.tally(one, 0, 0, state.useEpochProgress().holdout());
    }

    /** Adds the sample of the last {@link Evaluator#evaluateKept} to the hold-out metrics. */
    void addHeldOut(LearnerState state, float weight) {
        evaluator.tallyOne(weight, state.useEpochProgress().holdout());
    }

    /** Adds the sample of the last {@link Evaluator#evaluateOne} or {@link Evaluator#evaluateKept}, which the state has counted. */
    void addOne(LearnerState state, float weight) {
        evaluator.tallyOne(weight, state.window());
        if (watchesSamples && weight > 0) {
            state.useWatcher(watch).sample(evaluator.loss(0), state.samples());
        }
    }

    /** Adds the samples of a batch, all of which are in the evaluator. */
    void add(LearnerState state, Batch batch) {
        for (int i = 0; i < batch.size(); i++) {
            if (batch.stage(i) != Stage.COMPLETE) {
                continue;
            }
            evaluator.tally(batch, 0, i, state.window());
            watch(state, batch, i, evaluator.loss(i));
        }
    }

    /** Forgets what was kept. */
    void clear() {
        kept.clear();
    }

    /** Keeps the scores of samples [from, to), those in the evaluator. */
    void keep(Batch batch, int from, int to) {
        if (keptLosses.length < batch.size()) {
            keptLosses = new double[batch.size()];
        }
        for (int i = from; i < to; i++) {
            if (batch.stage(i) == Stage.COMPLETE) {
                evaluator.tally(batch, from, i, kept);
            }
            keptLosses[i] = evaluator.loss(i - from);
        }
    }

    /** Adds the samples of a batch, all of which were kept. */
    void addKept(LearnerState state, Batch batch) {
        state.window().add(kept);
        for (int i = 0; i < batch.size(); i++) {
            watch(state, batch, i, keptLosses[i]);
        }
    }

    private void watch(LearnerState state, Batch batch, int i, double loss) {
        if (watchesSamples && batch.weight(i) > 0 && batch.stage(i) == Stage.COMPLETE) {
            state.useWatcher(watch).sample(loss, state.samples() + i + 1);
        }
    }
}
