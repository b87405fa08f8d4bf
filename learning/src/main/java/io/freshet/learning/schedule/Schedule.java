package io.freshet.learning.schedule;

import java.util.Map;

/**
 * How the learning rate changes as updates are made.
 *
 * <p>A schedule is a value, thread-safe. The rate is a pure function of the optimizer's own rate, of the updates made, and
 * of what the schedule remembers of the windows before: numbers that stand in the learner's state, so that they survive
 * what it survives. Most remember nothing. The rate is positive for every t up to 2^63 - 1, as {@code
 * ScheduleContractTest} holds for each; the formulas are pinned by {@code ScheduleGoldenTest}.
 */
public sealed interface Schedule
        permits Constant, StepDecay, ExponentialDecay, CosineDecay, InverseDecay, PlateauDecay, Warmup {
    /**
     * A schedule takes the rate no lower than this, or than the optimizer's own rate if that is lower still: by less, no
     * parameter of a size that matters would change, and FTRL divides by it.
     */
    double LEAST_RATE = 1e-15;

    /** Returns the name in YAML, for example {@code cosine}. */
    String name();

    /** Returns the hyperparameters by their names in YAML, in the order to print them. */
    Map<String, Object> hyperparameters();

    /**
     * Returns the rate by the schedule's own formula, which may come to 0.
     *
     * @param base the optimizer's learning rate, eta
     * @param t updates already made, 0 at the first
     * @param memory as {@link #memory} returns it and {@link #endWindow} changes it; not changed here
     */
    double formula(double base, long t, double[] memory);

    /**
     * Returns the learning rate of an update, greater than 0: {@link #formula}, but no lower than {@link #LEAST_RATE}.
     *
     * @param base the optimizer's learning rate, eta
     * @param t updates already made, 0 at the first
     * @param memory as for {@link #formula}
     */
    default double rate(double base, long t, double[] memory) {
        return Math.max(formula(base, t, memory), Math.min(base, LEAST_RATE));
    }

    /** Returns what is remembered before the first window: an array of its own, the same length always. */
    default double[] memory() {
        return new double[0];
    }

    /**
     * Takes in that a window of progressive validation has ended.
     *
     * @param memory changed in place
     * @param loss mean of the window
     */
    default void endWindow(double[] memory, double loss) {}
}
