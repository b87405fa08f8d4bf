package io.freshet.learning.watch;

/**
 * Detects that the loss runs away: a window's is not finite, or far above the best one before.
 *
 * <pre>
 *   diverged : value is not finite, or value > factor * max(best, floor)
 *   detected : diverged, and the window before was not
 * </pre>
 *
 * The best is the smallest loss so far that was not diverged. The floor keeps a loss that was once all but zero from making
 * an alarm of every later one; a loss below 0 counts as the floor. One run away is one detection, however long it lasts;
 * after a window that is not diverged the next is another. State: best (infinity before the first finite loss), and 1
 * while diverged, else 0. Pinned by {@code DivergenceTest}.
 */
public final class Divergence implements Detector {
    private static final int LENGTH = 2;

    private final double factor;
    private final double floor;

    private double best = Double.POSITIVE_INFINITY;
    private boolean diverged;
    private double last = Double.NaN;

    /** As {@code Divergence(10, 1e-3)}. */
    public Divergence() {
        this(10, 1e-3);
    }

    /**
     * @param factor > 1: how many times the best a loss may be
     * @param floor > 0, in units of the loss: the best counts as no less
     */
    public Divergence(double factor, double floor) {
        if (!(factor > 1 && factor < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("factor: " + factor + " (expected: finite and > 1)");
        }
        if (!(floor > 0 && floor < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("floor: " + floor + " (expected: finite and > 0)");
        }
        this.factor = factor;
        this.floor = floor;
    }

    @Override
    public String name() {
        return "divergence";
    }

    @Override
    public boolean update(double value) {
        boolean before = diverged;
        last = value;
        diverged = !Double.isFinite(value) || value > factor * Math.max(best, floor);
        if (!diverged) {
            best = Math.min(best, value);
        }
        return diverged && !before;
    }

    /** Returns the best value. */
    @Override
    public double before() {
        return best;
    }

    /** Returns the last value. */
    @Override
    public double after() {
        return last;
    }

    @Override
    public double[] state() {
        return new double[] {best, diverged ? 1 : 0};
    }

    @Override
    public void restore(double[] state) {
        if (state.length != LENGTH) {
            throw new IllegalArgumentException("state: length " + state.length + " (expected: " + LENGTH + ")");
        }
        if (!(state[0] > Double.NEGATIVE_INFINITY && (state[1] == 0 || state[1] == 1))) {
            throw new IllegalArgumentException(
                    "state: best " + state[0] + ", diverged " + state[1] + " (expected: a number, 0 or 1)");
        }
        best = state[0];
        diverged = state[1] == 1;
    }
}
