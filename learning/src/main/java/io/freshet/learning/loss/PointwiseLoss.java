package io.freshet.learning.loss;

/**
 * A loss that is a convex function l(z, y) of one logit and its label; for several outputs, the mean of theirs. In float64, for
 * optimizers that look at the loss beyond its gradient.
 *
 * <p>{@link #evaluate} is a loop of its own in each loss: it shares the exponential of value and slope, and one loop that calls
 * them virtually would be slower in a job with models of several losses.
 */
public sealed interface PointwiseLoss extends Loss permits NumberLoss, Poisson, BinaryCrossEntropy, Hinge {
    /** Iterations of {@link #implicit}, which takes two or three, and at most 30 in tests. */
    int MAXIMUM_ITERATIONS = 60;

    /** Relative precision of {@link #implicit}. */
    double PRECISION = 1e-7;

    @Override
    default boolean isConvex() {
        return true;
    }

    /** Returns the logit that predicts a label, if {@link #predictsMean}; -infinity if none does. */
    default double logit(double label) {
        return label;
    }

    /** Returns l(z, y). */
    double value(double z, double y);

    /** Returns dl/dz. */
    double slope(double z, double y);

    /** Returns d2l/dz2, given dl/dz; 0 where it has a kink. */
    double curvature(double slope, double y);

    /**
     * Returns the share of a step to take, so that the step is that of the slope where it ends. It never passes a minimum.
     *
     * <pre>
     *   k g = l'(z + k D),   k in (0, 1]
     * </pre>
     *
     * By default, by Newton's method, which bisects when it leaves the bracket, or does not halve its steps.
     *
     * @param z where the step starts
     * @param slope g = l'(z), not 0
     * @param distance D, by which the whole step would move z; its sign is the opposite of g's
     */
    default double implicit(double z, double y, double slope, double distance) {
        double low = 0;
        double high = 1;
        double size = Math.abs(distance / slope);
        double k = 1 / (1 + size * curvature(slope, y));
        double last = 1;
        for (int i = 0; i < MAXIMUM_ITERATIONS; i++) {
            double there = slope(z + k * distance, y);
            double excess = k - there / slope;
            if (excess < 0) {
                low = k;
            } else {
                high = k;
            }
            double next = k - excess / (1 + size * curvature(there, y));
            // Also if the next one is NaN.
            boolean isNewton = next >= low && next <= high && Math.abs(next - k) <= last / 2;
            next = isNewton ? next : (low + high) / 2;
            last = Math.abs(next - k);
            k = next;
            if (last <= PRECISION * k) {
                break;
            }
        }
        return k;
    }

    /**
     * Returns by how far z moves if it follows the slope for a time. It never passes a minimum.
     *
     * <pre>
     *   dz/dt = -l'(z)
     * </pre>
     *
     * @param time at least 0
     */
    double follow(double z, double y, double time);

    /** Returns the share of a step that ends where a slope of constant magnitude has its kink: {@link #implicit} of such a loss. */
    static double toKink(double way, double distance) {
        return Math.min(1, way / Math.abs(distance));
    }
}
