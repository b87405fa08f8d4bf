package io.freshet.job.learn;

import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.learner.Lineage;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one model and key has in keyed state: all that it learned, and how far it was published.
 *
 * <p>Changed in place between {@code value()} and {@code update()} of one element, and never kept beyond it: on the heap
 * backend, a running checkpoint may still read the arrays behind it.
 */
final class ModelState {
    private final String stateHash;
    private final LearnerState learner;
    private Published published;
    private boolean publishTimer;
    private final Life life;

    /**
     * @param stateHash of the specification that gives {@code learner} its meaning
     * @param published what went out of it
     * @param publishTimer whether a timer is set that will publish
     * @param life since when it got no sample
     */
    ModelState(String stateHash, LearnerState learner, Published published, boolean publishTimer, Life life) {
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
    static ModelState start(Learner learner, @Nullable ModelState before) {
        Published published =
                before == null ? Published.NOTHING : before.published().startAnew();
        boolean timer = before != null && before.publishTimer();
        Life life = before == null ? Life.start() : before.life().copy();
        return new ModelState(learner.stateHash(), learner.start(), published, timer, life);
    }

    /** Returns the same with another learner's state. */
    ModelState with(LearnerState replaced) {
        return new ModelState(stateHash, replaced, published, publishTimer, life.copy());
    }

    /** Returns the hash of the specification that it last learned by. */
    String specHash() {
        List<Lineage.Change> changes = learner.lineage().changes();
        return changes.get(changes.size() - 1).specHash();
    }

    String stateHash() {
        return stateHash;
    }

    LearnerState learner() {
        return learner;
    }

    Published published() {
        return published;
    }

    void published(Published now) {
        published = now;
    }

    /** Returns how many samples the parameters have learned from that no snapshot has told of. */
    long unpublished() {
        return learner.samples() - published.version();
    }

    boolean publishTimer() {
        return publishTimer;
    }

    void publishTimer(boolean set) {
        publishTimer = set;
    }

    Life life() {
        return life;
    }

    ModelState copy() {
        return with(learner.copy());
    }
}
