package io.freshet.learning.evaluation;

/**
 * Detects that the mean of a stream has risen (Page-Hinkley test).
 *
 * <pre>
 *   mean_n = mean_{n-1} + (x_n - mean_{n-1}) / n
 *   sum_n  = alpha * sum_{n-1} + (x_n - mean_n - delta)         starts at 0
 *   low_n  = min(low_{n-1}, sum_n)                              starts at infinity; a change is after its last decrease
 *   detected when n >= minimum and sum_n - low_n > threshold; then the state resets
 * </pre>
 *
 * These are the formulas of River's {@code PageHinkley} with mode "up". Page's own test has no forgetting (alpha 1). A
 * value that is not finite, or beyond {@link Detector#LARGEST}, changes nothing. Values after the lowest sum
 * count as after the change. State: n, mean, sum, low, count of values since the lowest, their total. Pinned by {@code PageHinkleyTest}.
 *
 * @see <a href="https://doi.org/10.1093/biomet/41.1-2.100">Page, Continuous inspection schemes, 1954</a>
 * @see <a href="https://doi.org/10.1093/biomet/58.3.509">Hinkley, Inference about the change-point from cumulative sum
 *     tests, 1971</a>
 */
public final class PageHinkley implements Detector {
    private static final int LENGTH = 6;

    private final double delta;
    private final double threshold;
    private final double alpha;
    private final int minimum;

    private double count;
    private double mean;
    private double sum;
    private double low = Double.POSITIVE_INFINITY;
    private double later;
    private double laterTotal;
    private double before = Double.NaN;
    private double after = Double.NaN;

    /** As {@code PageHinkley(0.005, 50, 0.9999, 30)}, for values of about 1. */
    public PageHinkley() {
        this(0.005, 50, 0.9999, 30);
    }

    /**
     * @param delta >= 0, in units of the values: tolerated rise
     * @param threshold > 0, in units of the values times samples: higher values give fewer false alarms and later detections
     * @param alpha in (0, 1]: decay of the sum per value
     * @param minimum >= 1: count of values before the first detection
     */
    public PageHinkley(double delta, double threshold, double alpha, int minimum) {
        if (!(delta >= 0 && delta <= LARGEST)) {
            throw new IllegalArgumentException("delta: " + delta + " (expected: in [0, 1e100])");
        }
        if (!(threshold > 0 && threshold <= LARGEST)) {
            throw new IllegalArgumentException("threshold: " + threshold + " (expected: in (0, 1e100])");
        }
        if (!(alpha > 0 && alpha <= 1)) {
            throw new IllegalArgumentException("alpha: " + alpha + " (expected: in (0, 1])");
        }
        if (minimum < 1) {
            throw new IllegalArgumentException("minimum: " + minimum + " (expected: at least 1)");
        }
        this.delta = delta;
        this.threshold = threshold;
        this.alpha = alpha;
        this.minimum = minimum;
    }

    @Override
    public String name() {
        return "page-hinkley";
    }

    @Override
    public boolean update(double value) {
        if (!(Math.abs(value) <= LARGEST)) {
            return false;
        }
        count++;
        mean += (value - mean) / count;
        sum = alpha * sum + (value - mean - delta);
        if (sum < low) {
            low = sum;
            later = 0;
            laterTotal = 0;
        } else {
            later++;
            laterTotal += value;
        }
        if (count < minimum || sum - low <= threshold) {
            return false;
        }
        before = (count * mean - laterTotal) / (count - later);
        after = laterTotal / later;
        count = 0;
        mean = 0;
        sum = 0;
        low = Double.POSITIVE_INFINITY;
        later = 0;
        laterTotal = 0;
        return true;
    }

    @Override
    public double before() {
        return before;
    }

    @Override
    public double after() {
        return after;
    }

    @Override
    public double[] state() {
        return new double[] {count, mean, sum, low, later, laterTotal};
    }

    @Override
    public void restore(double[] state) {
        if (state.length != LENGTH) {
            throw new IllegalArgumentException("state: length " + state.length + " (expected: " + LENGTH + ")");
        }
        boolean numbers = true;
        for (double number : state) {
            numbers &= !Double.isNaN(number);
        }
        if (!numbers || !(state[0] >= 0 && state[4] >= 0 && state[4] <= state[0])) {
            throw new IllegalArgumentException("state: n " + state[0] + ", mean " + state[1] + ", sum " + state[2]
                    + ", low " + state[3] + ", later " + state[4] + ", their total " + state[5]
                    + " (expected: numbers, n at least 0, later in [0, n])");
        }
        count = state[0];
        mean = state[1];
        sum = state[2];
        low = state[3];
        later = state[4];
        laterTotal = state[5];
    }
}
