package io.freshet.job.learn;

import io.freshet.learning.learner.LearnerState;

/**
 * What one model and key has in keyed state: all that it learned, and how far it was published.
 *
 * <p>Changed in place between {@code value()} and {@code update()} of one element, and never kept beyond it: on the heap
 * backend, a running checkpoint may still read the array behind it.
 */
final class ModelState {
    private final String stateHash;
    private final LearnerState learner;
    private long published;
    private boolean publishTimer;

    /**
     * @param stateHash of the specification that gives {@code learner} its meaning
     * @param published version of the last snapshot that went out
     * @param publishTimer whether a timer is set that will publish
     */
    ModelState(String stateHash, LearnerState learner, long published, boolean publishTimer) {
        this.stateHash = stateHash;
        this.learner = learner;
        this.published = published;
        this.publishTimer = publishTimer;
    }

    String stateHash() {
        return stateHash;
    }

    LearnerState learner() {
        return learner;
    }

    long published() {
        return published;
    }

    void published(long version) {
        published = version;
    }

    /** Returns how many samples the parameters have learned from that no snapshot has told of. */
    long unpublished() {
        return learner.samples() - published;
    }

    boolean publishTimer() {
        return publishTimer;
    }

    void publishTimer(boolean set) {
        publishTimer = set;
    }

    ModelState copy() {
        return new ModelState(stateHash, learner.copy(), published, publishTimer);
    }
}
