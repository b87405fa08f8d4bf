package io.freshet.job.publish;

import io.freshet.job.observe.LearnMetrics;
import io.freshet.job.state.ModelState;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.spec.PublishSpec;
import io.freshet.learning.spec.PublishSpec.Lane;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Decides when the snapshot of a model key is published.
 *
 * <ul>
 *   <li>It is due after {@code publish.everySamples} learned samples, or at most {@code publish.everyMillis} after the first of
 *       them: at the last multiple of a tenth of that time, or of 50 ms if that is less. So keys with few samples are due together, and their snapshots share
 *       requests to the brokers, which cost more than the snapshots.
 *   <li>A due snapshot of the eager lane is published immediately, or {@code publish.minimumMillis} after the last one if that is
 *       later. One of the committed lane is published before the next checkpoint barrier, and readers see it when that checkpoint
 *       completes.
 *   <li>It is published at the end of the input.
 *   <li>It is not published if nothing was learned since the last one, or while the divergence policy withholds it.
 * </ul>
 */
public final class PublishSchedule {
    /** The keys of a model are due at this many times per {@code publish.everyMillis}, or more: see {@link #LONGEST_STEP_MILLIS}. */
    private static final int STEPS = 10;

    /** Keys that are due together are published without learning in between, so they must not be too many. */
    private static final long LONGEST_STEP_MILLIS = 50;

    private final SnapshotPublisher publisher;
    private final LongSupplier clock;
    /** Model keys due before the next barrier. Empty at the barrier, so no checkpoint has to contain it. */
    private final Set<String> dueAtBarrier = new LinkedHashSet<>();

    /** @param clock processing time in milliseconds, also of the timers */
    public PublishSchedule(RecordFactory records, LearnMetrics metrics, LearnOutput out, LongSupplier clock) {
        publisher = new SnapshotPublisher(records, metrics, out);
        this.clock = clock;
    }

    /** Publishes after a learned sample, if a snapshot is due. */
    public void learned(Learner learner, String modelKey, ModelState state) {
        PublishSpec spec = learner.spec().publish();
        if (state.unpublished() >= spec.everySamples() && !isPaused(spec, state)) {
            due(learner, modelKey, state);
        }
    }

    /**
     * Returns the time at which a timer has to call {@link #timerFired}, or {@link ModelState#NO_TIMER} if none is needed or the
     * state's timer suffices.
     */
    public long nextTimer(Learner learner, ModelState state) {
        PublishSpec spec = learner.spec().publish();
        if (state.unpublished() == 0) {
            return ModelState.NO_TIMER;
        }
        if (state.unpublished() >= spec.everySamples() && isPaused(spec, state)) {
            long end = pauseEnd(spec, state);
            return state.publishTimer() <= end ? ModelState.NO_TIMER : end;
        }
        return state.hasPublishTimer() ? ModelState.NO_TIMER : dueTime(spec);
    }

    private long dueTime(PublishSpec spec) {
        long latest = clock.getAsLong() + spec.everyMillis();
        return latest - latest % Math.max(1, Math.min(LONGEST_STEP_MILLIS, spec.everyMillis() / STEPS));
    }

    /**
     * Publishes what was learned before a timer fired, unless the last snapshot is too recent. Returns the time of the next
     * timer, or {@link ModelState#NO_TIMER}.
     */
    public long timerFired(Learner learner, String modelKey, ModelState state) {
        PublishSpec spec = learner.spec().publish();
        if (state.unpublished() > 0 && isPaused(spec, state)) {
            return pauseEnd(spec, state);
        }
        due(learner, modelKey, state);
        return ModelState.NO_TIMER;
    }

    /** Returns whether the last snapshot is too recent to publish another. */
    private boolean isPaused(PublishSpec spec, ModelState state) {
        if (spec.minimumMillis() == 0 || spec.lane() == Lane.COMMITTED || state.publishedAt() == ModelState.NEVER) {
            return false;
        }
        long end = pauseEnd(spec, state);
        if (state.publishTimer() <= end) {
            // The timer will end the pause. This saves reading the clock for each sample.
            return true;
        }
        long left = end - clock.getAsLong();
        // More than the minimum is left if the clock was set back.
        return left > 0 && left <= spec.minimumMillis();
    }

    private static long pauseEnd(PublishSpec spec, ModelState state) {
        return state.publishedAt() + spec.minimumMillis();
    }

    /** Publishes a due snapshot, immediately or before the next barrier. */
    private void due(Learner learner, String modelKey, ModelState state) {
        if (learner.spec().publish().lane() == Lane.COMMITTED) {
            dueAtBarrier.add(modelKey);
        } else {
            publish(learner, modelKey, state);
        }
    }

    /** Returns the model keys to {@link #publish} before a barrier, and removes them. */
    public List<String> takeDueAtBarrier() {
        List<String> taken = List.copyOf(dueAtBarrier);
        dueAtBarrier.clear();
        return taken;
    }

    /** Publishes now, unless there is nothing new or the snapshot is withheld. */
    public void publish(Learner learner, String modelKey, ModelState state) {
        if (state.unpublished() > 0 && !learner.isWithheld(state.learner())) {
            publisher.publish(learner, modelKey, state);
            state.publishedAt(clock.getAsLong());
        }
    }

    /** Publishes at the end of the input, and deletes a snapshot left in the other lane. */
    public void finish(Learner learner, String modelKey, ModelState state) {
        publish(learner, modelKey, state);
        publisher.clearOldLane(modelKey, state);
    }

    /** Deletes what was published of a model key. */
    public void delete(String modelKey, ModelState state) {
        publisher.delete(modelKey, state);
    }
}
