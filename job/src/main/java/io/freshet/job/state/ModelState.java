package io.freshet.job.state;

import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.lineage.Lineage;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one model and key has in keyed state: all that it learned, and how far it was published.
 *
 * <p>Changed in place between {@code value()} and {@code update()} of one element, and never kept beyond it: on the heap
 * backend, a running checkpoint may still read the arrays behind it.
 */
public final class ModelState {
    private final String stateHash;
    private final LearnerState learner;
    private PublishProgress published;
    private boolean publishTimer;
    private final Activity life;

    /**
     * @param stateHash of the specification that gives {@code learner} its meaning
     * @param published what went out of it
     * @param publishTimer whether a timer is set that will publish
     * @param life since when it got no sample
     */
    ModelState(String stateHash, LearnerState learner, PublishProgress published, boolean publishTimer, Activity life) {
        this.stateHash = stateHash;
        this.learner = learner;
        this.published = published;
        this.publishTimer = publishTimer;
        this.life = life;
    }

    /**
     * Returns the state of a model before its first sample.
     *
     * @param before the state in whose place it is, or null
     */
    public static ModelState start(Learner learner, @Nullable ModelState before) {
        PublishProgress published =
                before == null ? PublishProgress.NOTHING : before.published().startAnew();
        boolean timer = before != null && before.publishTimer();
        Activity life = before == null ? Activity.start() : before.life().copy();
        return new ModelState(learner.stateHash(), learner.start(), published, timer, life);
    }

    /** Returns the same with another learner's state. */
    ModelState with(LearnerState replaced) {
        return new ModelState(stateHash, replaced, published, publishTimer, life.copy());
    }

    /** Returns the hash of the specification that it last learned by. */
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

    public void published(PublishProgress now) {
        published = now;
    }

    /** Returns how many samples the parameters have learned from that no snapshot has told of. */
    public long unpublished() {
        return learner.samples() - published.version();
    }

    public boolean publishTimer() {
        return publishTimer;
    }

    public void publishTimer(boolean set) {
        publishTimer = set;
    }

    public Activity life() {
        return life;
    }

    ModelState copy() {
        return with(learner.copy());
    }
}
