package io.freshet.job.learn;

import io.freshet.job.observe.LearnMetrics;
import io.freshet.job.publish.PublishSchedule;
import io.freshet.job.state.ModelState;
import io.freshet.learning.learner.Learner;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.streaming.api.operators.InternalTimer;
import org.apache.flink.streaming.api.operators.InternalTimerService;
import org.apache.flink.streaming.api.operators.Triggerable;

/** Publishes the {@link CurrentModel} when it is due, with at most one timer for each model key. */
@SuppressWarnings("NullAway.Init") // open is called before anything else.
final class PublishTimers implements Triggerable<String, VoidNamespace> {
    private final CurrentModel current;
    private final PublishSchedule snapshots;
    private final Quarantine quarantine;
    private final LearnMetrics metrics;
    private InternalTimerService<VoidNamespace> timers;

    PublishTimers(CurrentModel current, PublishSchedule snapshots, Quarantine quarantine, LearnMetrics metrics) {
        this.current = current;
        this.snapshots = snapshots;
        this.quarantine = quarantine;
        this.metrics = metrics;
    }

    void open(InternalTimerService<VoidNamespace> service) {
        timers = service;
    }

    /** Publishes if enough samples are learned. Sets a timer, or an earlier one, if unpublished samples need it. */
    void learned(Learner learner) {
        ModelState state = current.state();
        snapshots.learned(learner, current.modelKey(), state);
        set(snapshots.nextTimer(learner, state), state);
    }

    /** Publishes due snapshots of the committed lane, before a barrier. */
    void publishDueAtBarrier() throws Exception {
        for (String modelKey : snapshots.takeDueAtBarrier()) {
            ModelState state = current.read(modelKey);
            Learner learner = current.lastLearner();
            if (state != null && learner != null) {
                quarantine.attempt(learner, () -> snapshots.publish(learner, modelKey, state));
            }
        }
    }

    /** Publishes at the end of a bounded input. */
    void finish(Learner learner) {
        snapshots.finish(learner, current.modelKey(), current.state());
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

    /** Flink has made the timer's key the current key. */
    @Override
    public void onProcessingTime(InternalTimer<String, VoidNamespace> timer) throws Exception {
        ModelState state = current.read();
        if (state == null || isReplaced(timer, state)) {
            return;
        }
        metrics.publishTimerFired(timer.getTimestamp());
        state.publishTimer(ModelState.NO_TIMER);
        Learner learner = current.lastLearner();
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
