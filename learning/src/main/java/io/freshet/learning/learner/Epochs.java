package io.freshet.learning.learner;

import io.freshet.learning.model.Batch;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.TrainingSpec;

/** Learns a bounded input several times: begins each epoch, and ends the input. */
final class Epochs {
    private final TrainingSpec training;
    private final BatchCollector collector;
    private final BatchLearner learner;
    private final boolean restoresBest;

    Epochs(ModelSpec spec, BatchCollector collector, BatchLearner learner) {
        training = spec.training();
        this.collector = collector;
        this.learner = learner;
        restoresBest = training.earlyStopping().patience() > 0
                && training.earlyStopping().restoreBest()
                && !spec.stream().frozen();
    }

    /** Ends the current epoch, and begins another. */
    void begin(LearnerState state, int epoch) {
        if (!training.batch().isFull() && state.pendingSize() > 0) {
            learner.update(state, collector.standardized(state));
        }
        EpochProgress progress = state.useEpochProgress();
        boolean best = progress.nextEpoch(epoch, training.earlyStopping());
        if (restoresBest && best) {
            state.saveBest();
        } else if (restoresBest && progress.stopped()) {
            state.restoreBest();
        }
    }

    /** Ends the input as {@link Learner#finish}. */
    void finish(LearnerState state, Runnable afterEpoch) {
        if (state.pendingSize() > 0 && training.batch().isFull()) {
            learnFull(state, afterEpoch);
        } else if (state.pendingSize() > 0) {
            learner.update(state, collector.standardized(state));
        }
        if (restoresBest && !state.epochProgress().isBest()) {
            state.restoreBest();
        }
    }

    private void learnFull(LearnerState state, Runnable afterEpoch) {
        Batch pending = collector.standardized(state);
        for (int epoch = 1; epoch <= training.epochs() && pending.size() > 0; epoch++) {
            learner.updateFull(state, pending);
            if (epoch < training.epochs()) {
                afterEpoch.run();
                state.useEpochProgress().nextEpoch(state.epoch() + 1, training.earlyStopping());
            }
        }
        pending.clear();
    }
}
