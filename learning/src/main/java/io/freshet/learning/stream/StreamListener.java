package io.freshet.learning.stream;

import io.freshet.learning.features.Sample;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.LearnerState;

/** Observes a {@link StreamLearner}, for metrics and publication. Must not change the state. */
public interface StreamListener {
    /** Does nothing. */
    StreamListener NONE = new StreamListener() {};

    /** Called before a sample, or a duplicate, is applied with this learner. */
    default void using(Learner learner) {}

    /** Called before a sample is learned. */
    default void learning(LearnerState state) {}

    /** Called after a sample was learned and before its window ends; {@link Learner#rejections} has the rejected samples. */
    default void learned(Learner learner, LearnerState state, Sample sample) {}

    /** Called while the window that ends, and its events, are still in the state. */
    default void windowEnded(Learner learner, LearnerState state) {}
}
