package io.freshet.learning.watch;

/**
 * Takes one number after another and says when they have changed.
 *
 * <p>What it detects is a pure function of its settings and the numbers so far. {@link #state} is all of the latter that
 * it remembers: a detector of the same settings that restores it goes on to the same detections, bit for bit, as {@code
 * DetectorContractTest} holds for each. {@link #update} allocates nothing. Not for use by several threads.
 */
public sealed interface Detector permits PageHinkley, Adwin, Plateau, Divergence, UpdateNorm {
    /** Largest size of a value whose mean and variance are taken; none of the sums overflows below it. */
    double LARGEST = 1e100;

    /** Returns the name by which events and specifications know this kind. */
    String name();

    /** Takes the next number, and returns whether it is the one at which a change is detected. */
    boolean update(double value);

    /** Returns the mean, or the best, of the values before the last change detected; read it before the next update. */
    double before();

    /** Returns the mean of the values after the last change detected, as far as known then; read it before the next update. */
    double after();

    /** Returns a copy of all that is remembered of the numbers so far. */
    double[] state();

    /**
     * Forgets the numbers so far and goes on from a state that a detector of the same settings gave.
     *
     * @throws IllegalArgumentException if it cannot have come from there; this detector is then as it was
     */
    void restore(double[] state);
}
