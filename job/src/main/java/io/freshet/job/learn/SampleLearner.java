package io.freshet.job.learn;

import io.freshet.job.record.KeyedSample;
import io.freshet.job.record.ModelKey;
import io.freshet.job.specs.ActiveLearners;
import io.freshet.job.specs.ModelFailure;
import io.freshet.job.state.ModelState;
import io.freshet.learning.features.Sample;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.stream.EventTimes;
import io.freshet.learning.stream.StreamLearner;
import io.freshet.learning.stream.StreamLearner.Outcome;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Learns samples that are in turn, each into the {@link CurrentModel}, and publishes it when due. If the model fails, or has
 * failed, the sample goes to the dead letters instead.
 *
 * <p>A failure while a sample is learned leaves the state of its key half-updated. Such a state is marked as damaged, also in
 * checkpoints, and is only ever replaced: by a specification with {@code reset: true}, or after a deletion.
 */
final class SampleLearner {
    private static final String DAMAGED = "state: half-updated by an earlier failure (expected: a specification with"
            + " reset: true, or a checkpoint from before the failure)";

    private static final String STRANDED =
            " (expected: a specification with reset: true, or the version of Freshet that accepted it)";

    private final ActiveLearners learners;
    private final CurrentModel current;
    private final StreamLearner<Exception> stream;
    private final LearnReports reports;
    private final Timers timers;
    private final Quarantine quarantine;

    /** The timers that a learned sample may set. */
    record Timers(PublishTimers publish, ExpiryTimers expiry) {}

    SampleLearner(
            ActiveLearners learners,
            CurrentModel current,
            StreamLearner<Exception> stream,
            LearnReports reports,
            Timers timers,
            Quarantine quarantine) {
        this.learners = learners;
        this.current = current;
        this.stream = stream;
        this.reports = reports;
        this.timers = timers;
        this.quarantine = quarantine;
    }

    /** Learns a sample of the current key. */
    void learn(Learner learner, KeyedSample keyed) throws Exception {
        if (quarantine.hasFailed(learner) || !receive(learner, keyed)) {
            quarantine.reject(learner, keyed.sample());
        }
    }

    /** Returns whether the model received the sample; if not, it has failed. It may also fail after that. */
    private boolean receive(Learner learner, KeyedSample keyed) throws Exception {
        ModelState before = null;
        boolean received = false;
        ModelFailure failure;
        try {
            ModelState stored = current.read();
            String misfit =
                    stored == null || learner.spec().stream().reset() ? null : misfit(learner, stored, keyed.sample());
            if (misfit != null) {
                failure = ModelFailure.because(misfit);
            } else {
                before = stored;
                Outcome outcome = stream.receive(learner, current, keyed.sample(), keyed.id());
                current.save();
                received = true;
                received(learner, keyed, outcome);
                return true;
            }
        } catch (RuntimeException | Error e) {
            failure = ModelFailure.of(e);
        }
        quarantine.fail(learner, failure);
        if (before != null && !received) {
            before.damage();
        }
        return received;
    }

    /** Returns why a state can neither continue nor be replaced, or null. */
    private @Nullable String misfit(Learner learner, ModelState state, Sample sample) {
        if (state.isDamaged()) {
            return DAMAGED;
        }
        if (state.stateHash().equals(learner.stateHash()) || isExpired(learner, state, sample)) {
            return null;
        }
        String stranded = learners.stranded(learner, state);
        return stranded == null ? null : "state: with earlier features; " + stranded + STRANDED;
    }

    private static boolean isExpired(Learner learner, ModelState state, Sample sample) {
        long timeToLive = learner.spec().stream().timeToLiveMillis();
        return timeToLive > 0 && EventTimes.isExpired(state.activity().newest(), sample.eventTime(), timeToLive);
    }

    private void received(Learner learner, KeyedSample keyed, Outcome outcome) {
        if (outcome == Outcome.DUPLICATE) {
            reports.duplicate();
            return;
        }
        timers.publish().learned(learner);
        timers.expiry().learned(learner, current.state(), keyed.sample());
    }

    /** Ends a bounded input: learns the pending batches, and sends the last evaluations and snapshots. */
    void finish() throws Exception {
        current.forEach(modelKey -> true, () -> {
            Learner learner = current.lastLearner();
            if (learner != null && !quarantine.attempt(learner, () -> finish(learner))) {
                current.state().damage();
            }
        });
    }

    private void finish(Learner learner) {
        LearnerState state = current.state().learner();
        long updates = state.updates();
        stream.finish(learner, state);
        reports.finished(learner, state.updates() - updates);
        learner.nextWindow(state, () -> reports.lastWindowEnded(learner, state));
        timers.publish().finish(learner);
    }

    /** Deletes the selected states of a model and their received ids, and sends tombstones. Returns how many. */
    int delete(String model, Predicate<ModelState> selected) throws Exception {
        int[] deleted = {0};
        current.forEach(modelKey -> ModelKey.isOf(modelKey, model), () -> {
            if (selected.test(current.state())) {
                stream.delete(current);
                deleted[0]++;
            }
        });
        return deleted[0];
    }
}
