package io.freshet.job.state;

import io.freshet.learning.features.Lineage;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.LearnerState;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The keyed state of one model key: its learner state and publication progress.
 *
 * <p>Changed in place while one element is processed. Do not keep a reference longer: on the heap backend, a checkpoint in
 * progress may still read its arrays.
 */
public final class ModelState {
    /** The value of {@link #publishTimer} if no timer is set. */
    public static final long NO_TIMER = Long.MAX_VALUE;
    /** The value of {@link #publishTimer} if a timer is set, but its time was not stored. */
    public static final long UNKNOWN_TIMER = Long.MAX_VALUE - 1;
    /** The value of {@link #publishedAt} before the first snapshot since the state was loaded. */
    public static final long NEVER = Long.MIN_VALUE;

    /** The value of {@link #stateHash} of a damaged state, which no learner can continue. */
    private static final String DAMAGED = "";

    private String stateHash;
    private final LearnerState learner;
    private PublishProgress published;
    private long publishTimer;
    private long publishedAt = NEVER;
    /** Null until a model with a time to live uses it. */
    private @Nullable Activity activity;

    /**
     * @param stateHash of the specification that {@code learner} belongs to
     * @param publishTimer time of the publish timer
     * @param activity last activity, for expiry; null before the first
     */
    ModelState(
            String stateHash,
            LearnerState learner,
            PublishProgress published,
            long publishTimer,
            @Nullable Activity activity) {
        this.stateHash = stateHash;
        this.learner = learner;
        this.published = published;
        this.publishTimer = publishTimer;
        this.activity = activity == null || activity.isStart() ? null : activity;
    }

    /**
     * Returns the state of a model before its first sample.
     *
     * @param before state to replace, or null
     */
    public static ModelState start(Learner learner, @Nullable ModelState before) {
        PublishProgress published =
                before == null ? PublishProgress.NOTHING : before.published().reset();
        long timer = before == null ? NO_TIMER : before.publishTimer();
        Activity activity = before == null ? null : before.activity().restarted();
        return new ModelState(learner.stateHash(), learner.start(), published, timer, activity);
    }

    /** Returns this state with another learner state. */
    ModelState with(LearnerState replaced) {
        return continued(stateHash, replaced);
    }

    /** Returns this state with a learner state that continues its own under another hash. */
    public ModelState continued(String otherStateHash, LearnerState replaced) {
        ModelState state = new ModelState(
                otherStateHash, replaced, published, publishTimer, activity == null ? null : activity.copy());
        state.publishedAt = publishedAt;
        return state;
    }

    /** Returns the hash of the specification that the state was last trained with. */
    public String specHash() {
        List<Lineage.Change> changes = learner.lineage().changes();
        return changes.get(changes.size() - 1).specHash();
    }

    /** Returns the hash of the specification that the learner state belongs to; no specification's, if it is damaged. */
    public String stateHash() {
        return stateHash;
    }

    /** Marks the state as half-updated by a failure, so that nothing is learned into it or published from it. */
    public void damage() {
        stateHash = DAMAGED;
    }

    public boolean isDamaged() {
        return stateHash.equals(DAMAGED);
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

    /** Returns the processing time of the publish timer, {@link #NO_TIMER}, or {@link #UNKNOWN_TIMER}. */
    public long publishTimer() {
        return publishTimer;
    }

    public void publishTimer(long time) {
        publishTimer = time;
    }

    public boolean hasPublishTimer() {
        return publishTimer != NO_TIMER;
    }

    /**
     * Returns the processing time of the last snapshot since the state was loaded, or {@link #NEVER}. Not stored: it only
     * delays snapshots.
     */
    public long publishedAt() {
        return publishedAt;
    }

    public void publishedAt(long time) {
        publishedAt = time;
    }

    /** Returns the last activity, to read it. */
    public Activity activity() {
        return activity == null ? Activity.start() : activity;
    }

    /** Returns the last activity, to change it. */
    public Activity useActivity() {
        if (activity == null) {
            activity = Activity.start();
        }
        return activity;
    }

    ModelState copy() {
        return with(learner.copy());
    }
}
