package io.freshet.learning.evaluation;

/**
 * Detects changes in a stream of numbers.
 *
 * <p>Detections are a pure function of the settings and the values so far. A detector with the same settings that restores
 * {@link #state} makes the same later detections, bit for bit, as {@code DetectorContractTest} pins. {@link #update}
 * allocates nothing. Not thread-safe.
 */
public sealed interface Detector permits PageHinkley, Adwin, Plateau, Divergence, UpdateNorm {
    /** Maximum magnitude of a value; below it, no sum of values or squares overflows. */
    double LARGEST = 1e100;

    /** Returns the name in events and specifications, for example {@code adwin}. */
    String name();

    /** Adds the next value; returns whether a change is detected at it. */
    boolean update(double value);

    /** Returns the mean, or the best, of the values before the last detected change; valid until the next update. */
    double before();

    /** Returns the mean of the values between the last change and its detection; valid until the next update. */
    double after();

    /** Returns whether a value would explode. */
    default boolean explodes(double value) {
        return false;
    }

    /** Returns whether the last value exploded. */
    default boolean isExploded() {
        return false;
    }

    /** Returns a copy of the state, to save. */
    double[] state();

    /**
     * Replaces the state.
     *
     * @param state from a detector with the same settings
     * @throws IllegalArgumentException if the state is invalid; this detector is then unchanged
     */
    void restore(double[] state);
}
