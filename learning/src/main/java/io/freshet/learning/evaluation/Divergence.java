package io.freshet.learning.evaluation;

/**
 * Detects that the loss of a window diverges: it is not finite, or far above the best earlier loss. The loss explodes if it
 * also exceeds every earlier loss, including that of the untrained model in the first window.
 *
 * <pre>
 *   diverged : value is not finite, or value > factor * max(best, floor)
 *   exploded : value is not finite, or diverged and value > largest
 *   detected : diverged, and the window before was not; exploded, and the window before was not
 * </pre>
 *
 * Best is the smallest loss that had not diverged; largest is the largest that had not exploded. The floor prevents a nearly
 * zero best loss from making every later loss an alarm; a best below 0 counts as the floor. A divergence is detected once,
 * however long it lasts, or twice if it explodes later. State: best (infinity before the first finite loss), largest (minus
 * infinity likewise), and the level: 2 while exploded, 1 while only diverged, else 0. Pinned by {@code DivergenceTest}.
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
     * @param factor > 1: maximum loss, as a multiple of the best
     * @param floor > 0, in units of the loss: lower bound of the best
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

    @Override
    public boolean explodes(double value) {
        return level(value) == EXPLODED;
    }

    @Override
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
