package io.freshet.job.learn;

import io.freshet.job.observe.LearnMetrics;
import io.freshet.job.publish.PublishSchedule;
import io.freshet.job.record.ModelKey;
import io.freshet.job.specs.ActiveLearners;
import io.freshet.job.state.ModelState;
import io.freshet.learning.learner.Learner;
import java.util.function.Consumer;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.streaming.api.operators.InternalTimer;
import org.apache.flink.streaming.api.operators.InternalTimerService;
import org.apache.flink.streaming.api.operators.Triggerable;

/** Publishes models when their time has come, with at most one timer for each model key. */
@SuppressWarnings("NullAway.Init") // open is called before anything else.
final class PublishTimers implements Triggerable<String, VoidNamespace> {
    private final CurrentModel current;
    private final ActiveLearners learners;
    private final PublishSchedule snapshots;
    private final Quarantine quarantine;
    private final LearnMetrics metrics;
    private final Consumer<String> currentKey;
    private InternalTimerService<VoidNamespace> timers;

    /** @param currentKey sets the key of the keyed state */
    PublishTimers(
            CurrentModel current,
            ActiveLearners learners,
            PublishSchedule snapshots,
            Quarantine quarantine,
            LearnMetrics metrics,
            Consumer<String> currentKey) {
        this.current = current;
        this.learners = learners;
        this.snapshots = snapshots;
        this.quarantine = quarantine;
        this.metrics = metrics;
        this.currentKey = currentKey;
    }

    void open(InternalTimerService<VoidNamespace> service) {
        timers = service;
    }

    /** Sets a timer for the current key, or an earlier one, if its unpublished samples need it. */
    void learned(Learner learner, ModelState state) {
        set(snapshots.nextTimer(learner, state), state);
    }

    /** Publishes due snapshots of the committed lane, before a barrier. */
    void publishDueAtBarrier() throws Exception {
        for (String modelKey : snapshots.takeDueAtBarrier()) {
            currentKey.accept(modelKey);
            ModelState state = current.read(modelKey);
            Learner learner = state == null ? null : learners.of(ModelKey.model(modelKey), state);
            if (state != null && learner != null) {
                quarantine.attempt(learner, () -> snapshots.publish(learner, modelKey, state));
            }
        }
    }

    private void set(long time, ModelState state) {
        if (time == ModelState.NO_TIMER) {
            return;
        }
        if (state.hasPublishTimer() && state.publishTimer() != ModelState.UNKNOWN_TIMER) {
            timers.deleteProcessingTimeTimer(VoidNamespace.INSTANCE, state.publishTimer());
        }
        timers.registerProcessingTimeTimer(VoidNamespace.INSTANCE, time);
        state.publishTimer(time);
    }

    @Override
    public void onProcessingTime(InternalTimer<String, VoidNamespace> timer) throws Exception {
        ModelState state = current.read(timer.getKey());
        if (state == null || isReplaced(timer, state)) {
            return;
        }
        metrics.publishTimerFired(timer.getTimestamp());
        state.publishTimer(ModelState.NO_TIMER);
        Learner learner = learners.of(ModelKey.model(timer.getKey()), state);
        if (learner != null) {
            quarantine.attempt(learner, () -> set(snapshots.timerFired(learner, timer.getKey(), state), state));
        }
    }

    private static boolean isReplaced(InternalTimer<String, VoidNamespace> timer, ModelState state) {
        return state.publishTimer() != timer.getTimestamp() && state.publishTimer() != ModelState.UNKNOWN_TIMER;
    }

    @Override
    public void onEventTime(InternalTimer<String, VoidNamespace> timer) {
        throw new IllegalStateException("unexpected event-time timer");
    }
}
