package io.freshet.learning.evaluation;

/**
 * Detects that the updates explode: their mean norm over a window is not finite, or far above the largest earlier one.
 *
 * <pre>
 *   exploded : value is not finite, or value > factor * largest, where largest > 0
 *   detected : exploded, and the window before was not
 * </pre>
 *
 * The largest is over all windows that had not exploded. Updates shrink as a model learns and grow again when its stream
 * drifts; neither is an alarm. State: largest (0 before the first window with an update), and 1 while exploded, else 0.
 * Pinned by {@code UpdateNormTest}.
 */
public final class UpdateNorm implements Detector {
    static final String NAME = "update-norm";
    private static final int LENGTH = 2;

    private final double factor;

    private double largest;
    private boolean exploded;
    private double last = Double.NaN;

    /** As {@code UpdateNorm(1000)}. */
    public UpdateNorm() {
        this(1000);
    }

    /** @param factor > 1: maximum norm, as a multiple of the largest earlier one */
    public UpdateNorm(double factor) {
        if (!(factor > 1 && factor < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("factor: " + factor + " (expected: finite and > 1)");
        }
        this.factor = factor;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public boolean update(double value) {
        boolean before = exploded;
        last = value;
        exploded = explodes(value);
        if (!exploded) {
            largest = Math.max(largest, value);
        }
        return exploded && !before;
    }

    @Override
    public boolean explodes(double value) {
        return !Double.isFinite(value) || largest > 0 && value > factor * largest;
    }

    @Override
    public boolean isExploded() {
        return exploded;
    }

    /** Returns the largest value. */
    @Override
    public double before() {
        return largest;
    }

    /** Returns the last value. */
    @Override
    public double after() {
        return last;
    }

    @Override
    public double[] state() {
        return new double[] {largest, exploded ? 1 : 0};
    }

    @Override
    public void restore(double[] state) {
        if (state.length != LENGTH) {
            throw new IllegalArgumentException("state: length " + state.length + " (expected: " + LENGTH + ")");
        }
        if (!(state[0] >= 0 && state[0] < Double.POSITIVE_INFINITY && (state[1] == 0 || state[1] == 1))) {
            throw new IllegalArgumentException(
                    "state: largest " + state[0] + ", exploded " + state[1] + " (expected: >= 0, 0 or 1)");
        }
        largest = state[0];
        exploded = state[1] == 1;
    }
}
