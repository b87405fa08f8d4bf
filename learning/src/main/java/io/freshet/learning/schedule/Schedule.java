package io.freshet.learning.schedule;

import java.util.Map;

/**
 * How the learning rate changes as updates are made: a factor of the optimizer's own rate.
 *
 * <p>Values, thread-safe. What a schedule must remember beside the count of updates stands in the learner's state.
 */
public sealed interface Schedule permits Constant {
    /** Returns the name in YAML, for example {@code cosine}. */
    String name();

    /** Returns the hyperparameters by their names in YAML, in the order to print them. */
    Map<String, Object> hyperparameters();

    /**
     * Returns the learning rate of an update.
     *
     * @param base the optimizer's learning rate, eta
     * @param t updates already made, 0 at the first
     */
    double rate(double base, long t);
}
