package io.freshet.job.learn;

import io.freshet.job.record.KeyedSample;
import io.freshet.job.specs.ActiveLearners;
import io.freshet.job.specs.FailedModel;
import io.freshet.job.specs.ModelFailure;
import io.freshet.job.state.ModelState;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.stream.StreamLearner.Outcome;
import org.apache.flink.metrics.Counter;
import org.jspecify.annotations.Nullable;

/**
 * Learns samples that are in turn, each in the state of its key, which is the current key. If its model fails, or has failed,
 * the sample goes to the dead letters instead.
 *
 * <p>A failure while a sample is learned leaves the state of its key half-updated. Such a state is marked as damaged, also in
 * checkpoints, and is only ever replaced: by a specification with {@code reset: true}, or after a deletion.
 */
final class SampleLearner {
    private static final String DAMAGED = "state: half-updated by an earlier failure (expected: a specification with"
            + " reset: true, or a checkpoint from before the failure)";

    private final CurrentModel current;
    private final ActiveLearners learners;
    private final ModelTrainer trainer;
    private final Timers timers;
    private final Quarantine quarantine;
    private final Counter duplicates;

    /** The timers that a learned sample may set. */
    record Timers(PublishTimers publish, ExpiryTimers expiry) {}

    SampleLearner(
            CurrentModel current,
            ActiveLearners learners,
            ModelTrainer trainer,
            Timers timers,
            Quarantine quarantine,
            Counter duplicates) {
        this.current = current;
        this.learners = learners;
        this.trainer = trainer;
        this.timers = timers;
        this.quarantine = quarantine;
        this.duplicates = duplicates;
    }

    void learn(Learner learner, KeyedSample keyed) throws Exception {
        ModelFailure failure = learners.failure(learner);
        if (failure == null) {
            failure = attempt(learner, keyed);
        }
        if (failure != null) {
            quarantine.reject(FailedModel.of(learner, failure), keyed.sample());
        }
    }

    /** Learns a sample; returns the failure that kept the model from learning it, or null. */
    private @Nullable ModelFailure attempt(Learner learner, KeyedSample keyed) throws Exception {
        ModelState before = null;
        boolean received = false;
        ModelFailure failure;
        try {
            before = current.read(keyed.modelKey());
            if (before != null && before.isDamaged() && !learner.spec().stream().reset()) {
                failure = ModelFailure.because(DAMAGED);
            } else {
                Outcome outcome = trainer.receive(learner, keyed);
                received = true;
                finish(learner, keyed, outcome);
                return null;
            }
        } catch (RuntimeException | Error e) {
            failure = ModelFailure.of(e);
        }
        quarantine.fail(learner, failure);
        if (before != null && !received) {
            before.damage();
        }
        return received ? null : failure;
    }

    private void finish(Learner learner, KeyedSample keyed, Outcome outcome) {
        if (outcome == Outcome.DUPLICATE) {
            duplicates.inc();
            return;
        }
        trainer.publish(learner);
        timers.expiry().learned(learner, current.state(), keyed.sample());
        timers.publish().learned(learner, current.state());
    }
}
