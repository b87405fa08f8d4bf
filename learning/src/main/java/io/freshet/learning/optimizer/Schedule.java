package io.freshet.learning.optimizer;

/**
 * A learning-rate schedule: the rate as a function of the update count.
 *
 * <p>Immutable and thread-safe. The rate is a pure function of the optimizer's base rate, the update count, and the
 * schedule's memory of past windows, which is part of the learner's state. Most schedules have no memory. The rate is
 * positive for every t up to 2^63 - 1. Pinned by {@code ScheduleContractTest} and {@code ScheduleGoldenTest}.
 */
public sealed interface Schedule
        permits Constant, StepDecay, ExponentialDecay, CosineDecay, InverseDecay, PlateauDecay, Warmup {
    /**
     * Lower bound of the rate, unless the optimizer's base rate is lower. A smaller rate would not change any parameter
     * of a relevant size, and FTRL divides by the rate.
     */
    double LEAST_RATE = 1e-15;

    /** Returns the name in YAML, for example {@code cosine}. */
    String name();

    /**
     * Returns the rate from the schedule's formula, which may be 0.
     *
     * @param base the optimizer's learning rate, eta
     * @param t count of previous updates, from 0
     * @param memory from {@link #memory}, updated by {@link #endWindow}; not changed
     */
    double formula(double base, long t, double[] memory);

    /**
     * Returns the learning rate of an update, greater than 0: {@link #formula}, but at least {@link #LEAST_RATE}.
     *
     * @param base the optimizer's learning rate, eta
     * @param t count of previous updates, from 0
     * @param memory same as for {@link #formula}; not changed
     */
    default double rate(double base, long t, double[] memory) {
        return Math.max(formula(base, t, memory), Math.min(base, LEAST_RATE));
    }

    /** Returns a new array with the memory before the first window. Its length is always the same. */
    default double[] memory() {
        return new double[0];
    }

    /**
     * Updates the memory at the end of a window of progressive validation.
     *
     * @param memory changed in place
     * @param loss mean loss of the window
     */
    default void endWindow(double[] memory, double loss) {}
}
