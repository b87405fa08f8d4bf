package io.freshet.learning.watch;

/**
 * Detects that the loss runs away: a window's is not finite, or far above the best one before; and whether it explodes: is
 * above that of every window before, too, of which the first is that of a model that knew nothing.
 *
 * <pre>
 *   diverged : value is not finite, or value > factor * max(best, floor)
 *   exploded : value is not finite, or diverged and value > largest
 *   detected : diverged, and the window before was not; exploded, and the window before was not
 * </pre>
 *
 * The best is the smallest loss so far that was not diverged, the largest that which was not exploded. The floor keeps a loss
 * that was once all but zero from making an alarm of every later one; a loss below 0 counts as the floor. One run away is one
 * detection, however long it lasts, or two if it explodes only later; after a window that is not diverged the next is
 * another. State: best (infinity before the first finite loss), largest (minus infinity), and 2 while exploded, 1 while only
 * diverged, else 0. Pinned by {@code DivergenceTest}.
 */
public final class Divergence implements Detector {
    private static final int LENGTH = 3;
    private static final int DIVERGED = 1;
    private static final int EXPLODED = 2;

    private final double factor;
    private final double floor;

    private double best = Double.POSITIVE_INFINITY;
    private double largest = Double.NEGATIVE_INFINITY;
    private int level;
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
        int before = level;
        last = value;
        level = level(value);
        if (level == 0) {
            best = Math.min(best, value);
        }
        if (level < EXPLODED) {
            largest = Math.max(largest, value);
        }
        return level > before;
    }

    private int level(double value) {
        if (!Double.isFinite(value)) {
            return EXPLODED;
        }
        if (value <= factor * Math.max(best, floor)) {
            return 0;
        }
        return value > largest ? EXPLODED : DIVERGED;
    }

    /** Whether a value would explode. */
    public boolean explodes(double value) {
        return level(value) == EXPLODED;
    }

    /** Whether the last value exploded. */
    public boolean isExploded() {
        return level == EXPLODED;
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
        return new double[] {best, largest, level};
    }

    @Override
    public void restore(double[] state) {
        if (state.length != LENGTH) {
            throw new IllegalArgumentException("state: length " + state.length + " (expected: " + LENGTH + ")");
        }
        boolean isLevel = state[2] == 0 || state[2] == DIVERGED || state[2] == EXPLODED;
        if (!(state[0] > Double.NEGATIVE_INFINITY && state[1] < Double.POSITIVE_INFINITY && isLevel)) {
            throw new IllegalArgumentException("state: best " + state[0] + ", largest " + state[1] + ", level "
                    + state[2] + " (expected: two numbers, and 0, 1 or 2)");
        }
        best = state[0];
        largest = state[1];
        level = (int) state[2];
    }
}
