package io.freshet.learning.stream;

import io.freshet.learning.features.Sample;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.LearnerState;

/** The state of one incarnation of a model key, in memory. Records no event times, so that it never expires. */
public final class InMemoryKey implements KeyState<RuntimeException> {
    private final String key;
    private LearnerState learner;
    private String stateHash;

    /** @param state of {@code learner}, changed in place */
    public InMemoryKey(String key, Learner learner, LearnerState state) {
        this.key = key;
        this.learner = state;
        stateHash = learner.stateHash();
    }

    @Override
    public String key() {
        return key;
    }

    @Override
    public LearnerState learner() {
        return learner;
    }

    @Override
    public String stateHash() {
        return stateHash;
    }

    @Override
    public long newestEventTime() {
        return EventTimes.NONE;
    }

    @Override
    public void active(Sample sample) {}

    @Override
    public LearnerState start(Learner with) {
        replace(with, with.start());
        return learner;
    }

    @Override
    public void replace(Learner with, LearnerState changed) {
        learner = changed;
        stateHash = with.stateHash();
    }

    @Override
    public void delete() {
        throw new IllegalStateException("expired within one incarnation");
    }
}
