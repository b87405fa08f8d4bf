package io.freshet.learning.stream;

import io.freshet.learning.features.Sample;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.LearnerState;
import org.jspecify.annotations.Nullable;

/**
 * The stored state of one model key.
 *
 * @param <E> thrown by reading and writing
 */
public interface KeyState<E extends Exception> {
    /** Returns the value of the model's key field, or "" for a model without one. */
    String key();

    /** Returns the state to learn into, or null before the first sample and after {@link #delete}. */
    @Nullable LearnerState learner();

    /** Returns the {@link Learner#stateHash} that {@link #learner} was started with; called only if {@link #learner} is not null. */
    String stateHash();

    /** Returns the newest event time passed to {@link #active}, or {@link EventTimes#NONE}; then the state never expires. */
    long newestEventTime();

    /** Records the event time of a sample that the learner received, if its model has a time to live. */
    void active(Sample sample);

    /** Replaces the state with the initial state of a learner, and returns it. */
    LearnerState start(Learner learner) throws E;

    /** Replaces the state with one that continues it under another state hash. */
    void replace(Learner learner, LearnerState changed) throws E;

    /** Deletes the state and everything published from it. */
    void delete() throws E;
}
