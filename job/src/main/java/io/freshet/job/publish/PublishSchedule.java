package io.freshet.job.publish;

import io.freshet.job.observe.LearnMetrics;
import io.freshet.job.state.ModelState;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.spec.PublishSpec.Lane;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Decides when the snapshot of a model key is published.
 *
 * <ul>
 *   <li>It is due after {@code publish.everySamples} learned samples, or {@code publish.everyMillis} after the first of them.
 *   <li>A due snapshot of the eager lane is published immediately. One of the committed lane is published before the next
 *       checkpoint barrier, and readers see it when that checkpoint completes.
 *   <li>It is published at the end of the input.
 *   <li>It is not published if nothing was learned since the last one, or while the divergence policy withholds it.
 * </ul>
 */
public final class PublishSchedule {
    private final SnapshotPublisher publisher;
    /** Model keys due before the next barrier. Empty at the barrier, so no checkpoint has to contain it. */
    private final Set<String> dueAtBarrier = new LinkedHashSet<>();

    public PublishSchedule(RecordFactory records, LearnMetrics metrics, LearnOutput out) {
        publisher = new SnapshotPublisher(records, metrics, out);
    }

    /** Publishes after a learned sample, if a snapshot is due. */
    public void learned(Learner learner, String modelKey, ModelState state) {
        if (state.unpublished() >= learner.spec().publish().everySamples()) {
            due(learner, modelKey, state);
        }
    }

    /** Returns whether to set a timer that calls {@link #due} after {@code publish.everyMillis}. */
    public static boolean needsTimer(ModelState state) {
        return state.unpublished() > 0 && !state.publishTimer();
    }

    /** Publishes a due snapshot, immediately or before the next barrier. */
    public void due(Learner learner, String modelKey, ModelState state) {
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
        }
    }

    /** Publishes at the end of the input, and deletes a snapshot left in the other lane. */
    public void finish(Learner learner, String modelKey, ModelState state) {
        publish(learner, modelKey, state);
        publisher.clearOldLane(modelKey, state);
    }

    /** Deletes the published snapshot of a model key. */
    public void delete(String modelKey, ModelState state) {
        publisher.delete(modelKey, state);
    }
}
