package io.freshet.learning.evaluation;

/**
 * Detects that the loss has stopped falling: {@code patience} consecutive windows do not improve on the best.
 *
 * <pre>
 *   better   : value < best - threshold * |best|                (the first finite value always is)
 *   detected : windows since the best, or since the last detection, reach patience
 * </pre>
 *
 * PyTorch's {@code ReduceLROnPlateau} with threshold mode "rel" counts the same way, but waits one window more. As there,
 * the best is kept after a detection. A loss that is not finite is not better. State: best (infinity before the first),
 * windows waited. Pinned by {@code PlateauTest}.
 */
public final class Plateau implements Detector {
    private static final int LENGTH = 2;

    private final double threshold;
    private final int patience;

    private double best = Double.POSITIVE_INFINITY;
    private int waited;
    private double last = Double.NaN;

    /** As {@code Plateau(1e-4, 10)}. */
    public Plateau() {
        this(1e-4, 10);
    }

    /**
     * @param threshold in [0, 1): minimum improvement, as a share of the best
     * @param patience >= 1, in windows
     */
    public Plateau(double threshold, int patience) {
        if (!(threshold >= 0 && threshold < 1)) {
            throw new IllegalArgumentException("threshold: " + threshold + " (expected: in [0, 1))");
        }
        if (patience < 1) {
            throw new IllegalArgumentException("patience: " + patience + " (expected: at least 1)");
        }
        this.threshold = threshold;
        this.patience = patience;
    }

    @Override
    public String name() {
        return "plateau";
    }

    @Override
    public boolean update(double value) {
        last = value;
        if (Double.isFinite(value) && (best == Double.POSITIVE_INFINITY || value < best - threshold * Math.abs(best))) {
            best = value;
            waited = 0;
            return false;
        }
        waited++;
        if (waited < patience) {
            return false;
        }
        waited = 0;
        return true;
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
        return new double[] {best, waited};
    }

    @Override
    public void restore(double[] state) {
        if (state.length != LENGTH) {
            throw new IllegalArgumentException("state: length " + state.length + " (expected: " + LENGTH + ")");
        }
        if (!(state[0] > Double.NEGATIVE_INFINITY && state[1] >= 0 && state[1] < patience)) {
            throw new IllegalArgumentException("state: best " + state[0] + ", waited " + state[1]
                    + " (expected: a number, in [0, " + patience + "))");
        }
        best = state[0];
        waited = (int) state[1];
    }
}
