package io.freshet.job.state;

import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.lineage.Lineage;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The keyed state of one model key: its learner state and publication progress.
 *
 * <p>Changed in place while one element is processed. Do not keep a reference longer: on the heap backend, a checkpoint in
 * progress may still read its arrays.
 */
public final class ModelState {
    private final String stateHash;
    private final LearnerState learner;
    private PublishProgress published;
    private boolean publishTimer;
    private final Activity activity;

    /**
     * @param stateHash of the specification that {@code learner} belongs to
     * @param publishTimer whether a publish timer is set
     * @param activity last activity, for expiry
     */
    ModelState(
            String stateHash,
            LearnerState learner,
            PublishProgress published,
            boolean publishTimer,
            Activity activity) {
        this.stateHash = stateHash;
        this.learner = learner;
        this.published = published;
        this.publishTimer = publishTimer;
        this.activity = activity;
    }

    /**
     * Returns the state of a model before its first sample.
     *
     * @param before state to replace, or null
     */
    public static ModelState start(Learner learner, @Nullable ModelState before) {
        PublishProgress published =
                before == null ? PublishProgress.NOTHING : before.published().reset();
        boolean timer = before != null && before.publishTimer();
        Activity activity =
                before == null ? Activity.start() : before.activity().copy();
        return new ModelState(learner.stateHash(), learner.start(), published, timer, activity);
    }

    /** Returns this state with another learner state. */
    ModelState with(LearnerState replaced) {
        return new ModelState(stateHash, replaced, published, publishTimer, activity.copy());
    }

    /** Returns the hash of the specification that the state was last trained with. */
    public String specHash() {
        List<Lineage.Change> changes = learner.lineage().changes();
        return changes.get(changes.size() - 1).specHash();
    }

    public String stateHash() {
        return stateHash;
    }

    public LearnerState learner() {
        return learner;
    }

    public PublishProgress published() {
        return published;
    }

    public void published(PublishProgress progress) {
        published = progress;
    }

    /** Returns the number of samples learned since the last snapshot. */
    public long unpublished() {
        return learner.samples() - published.version();
    }

    public boolean publishTimer() {
        return publishTimer;
    }

    public void publishTimer(boolean set) {
        publishTimer = set;
    }

    public Activity activity() {
        return activity;
    }

    ModelState copy() {
        return with(learner.copy());
    }
}
