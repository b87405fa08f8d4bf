package io.freshet.job.learn;

import io.freshet.job.order.ActiveLearners;
import io.freshet.job.publish.PublishSchedule;
import io.freshet.job.record.ModelKey;
import io.freshet.job.state.ModelState;
import io.freshet.learning.learner.Learner;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.streaming.api.operators.InternalTimer;
import org.apache.flink.streaming.api.operators.InternalTimerService;
import org.apache.flink.streaming.api.operators.Triggerable;

/** Publishes models at most {@code publish.everyMillis} after they learned a sample. */
@SuppressWarnings("NullAway.Init") // open is called before anything else.
final class PublishTimers implements Triggerable<String, VoidNamespace> {
    private final CurrentModel current;
    private final ActiveLearners learners;
    private final PublishSchedule snapshots;
    private InternalTimerService<VoidNamespace> timers;

    PublishTimers(CurrentModel current, ActiveLearners learners, PublishSchedule snapshots) {
        this.current = current;
        this.learners = learners;
        this.snapshots = snapshots;
    }

    void open(InternalTimerService<VoidNamespace> service) {
        timers = service;
    }

    /** Sets a timer for the current key if it has unpublished samples and no timer yet. */
    void learned(Learner learner, ModelState state) {
        if (PublishSchedule.needsTimer(state)) {
            long now = timers.currentProcessingTime();
            timers.registerProcessingTimeTimer(
                    VoidNamespace.INSTANCE, now + learner.spec().publish().everyMillis());
            state.publishTimer(true);
        }
    }

    @Override
    public void onProcessingTime(InternalTimer<String, VoidNamespace> timer) throws Exception {
        ModelState state = current.read(timer.getKey());
        if (state == null) {
            return;
        }
        state.publishTimer(false);
        Learner learner = learners.of(ModelKey.model(timer.getKey()), state);
        if (learner != null) {
            snapshots.due(learner, timer.getKey(), state);
        }
    }

    @Override
    public void onEventTime(InternalTimer<String, VoidNamespace> timer) {
        throw new IllegalStateException("unexpected event-time timer");
    }
}
