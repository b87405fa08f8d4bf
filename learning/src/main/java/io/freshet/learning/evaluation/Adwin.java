package io.freshet.learning.evaluation;

import static io.freshet.learning.math.Transcendental.log;

/**
 * Detects changes of the mean of a stream, and keeps a window of the values since the last change (ADWIN2).
 *
 * <pre>
 *   every clock values, for every cut of the window of n values into n0 older and n1 newer ones at a bucket's edge:
 *     d   = log(2 log(n) / delta)
 *     m   = 1 / (n0 - 4) + 1 / (n1 - 4)
 *     cut : |mean0 - mean1| > sqrt(2 m variance d) + 2/3 d m
 *   a cut drops the window's oldest bucket, and all cuts are tried again
 * </pre>
 *
 * The window is an exponential histogram with 5 buckets per row ({@link BucketRows}): n values need memory and cuts of about
 * 5 log2(n / 5). As in River, each part of a cut has at least 5 values, the window has more than 10, m counts from there,
 * and both rises and falls are changes. River skips the newest bucket of each row and empties the window after a detection;
 * here, as in the paper, every edge is tried and the values after the cut are kept. The variance is recomputed from the
 * buckets at each check, so errors do not accumulate.
 *
 * <p>The bound on false alarms (delta per check) holds for values in [0, 1], such as errors; scale others to about that range.
 * A value that is not finite, or beyond {@link Detector#LARGEST}, changes nothing. State: values since the last check, then
 * the buckets of each row. Pinned by {@code AdwinTest}, against an implementation that keeps all values.
 *
 * @see <a href="https://doi.org/10.1137/1.9781611972771.42">Bifet, Gavalda, Learning from time-changing data with
 *     adaptive windowing, 2007</a>
 */
public final class Adwin implements Detector {
    /** Minimum count of values in each part of a cut. */
    private static final int MINIMUM_PART = 5;

    private static final int GRACE = 10;
    private static final int MAXIMUM_ROWS = 40;

    private final double delta;
    private final int clock;
    private final int rows;

    private final BucketRows window;
    private int unchecked;
    private double before = Double.NaN;
    private double after = Double.NaN;

    /** As {@code Adwin(0.002, 32, 32)}. */
    public Adwin() {
        this(0.002, 32, 32);
    }

    /**
     * @param delta in (0, 1): maximum probability of a false alarm per check
     * @param clock >= 1: count of values between checks
     * @param rows in [2, 40]: the window holds at most about 5 * 2^rows values; a row needs 100 bytes
     */
    public Adwin(double delta, int clock, int rows) {
        if (!(delta > 0 && delta < 1)) {
            throw new IllegalArgumentException("delta: " + delta + " (expected: in (0, 1))");
        }
        if (clock < 1) {
            throw new IllegalArgumentException("clock: " + clock + " (expected: at least 1)");
        }
        if (rows < 2 || rows > MAXIMUM_ROWS) {
            throw new IllegalArgumentException("rows: " + rows + " (expected: in [2, " + MAXIMUM_ROWS + "])");
        }
        this.delta = delta;
        this.clock = clock;
        this.rows = rows;
        window = new BucketRows(rows);
    }

    @Override
    public String name() {
        return "adwin";
    }

    /** Returns the number of values in the window: those since the last change. */
    public long width() {
        return (long) window.width();
    }

    /** Returns the mean of the window, 0 if it is empty. */
    public double mean() {
        return window.width() == 0 ? 0 : total() / window.width();
    }

    @Override
    public boolean update(double value) {
        if (!(Math.abs(value) <= LARGEST)) {
            return false;
        }
        window.add(value);
        unchecked++;
        if (unchecked < clock) {
            return false;
        }
        unchecked = 0;
        boolean detected = false;
        while (window.width() > GRACE && hasCut()) {
            if (!detected) {
                split();
            }
            window.dropOldest();
            detected = true;
        }
        return detected;
    }

    /** Returns the mean of the window before the cut of the last detection that divides it best. */
    @Override
    public double before() {
        return before;
    }

    /** Returns the mean of the window after that cut. */
    @Override
    public double after() {
        return after;
    }

    @Override
    public double[] state() {
        double[] state = new double[1 + window.written()];
        state[0] = unchecked;
        window.write(state, 1);
        return state;
    }

    @Override
    public void restore(double[] state) {
        int row = 0;
        int at = 1;
        while (at < state.length && row < rows && validCount(state[at])) {
            at += 1 + 2 * (int) state[at];
            row++;
        }
        boolean broken = at != state.length || !(state[0] >= 0 && state[0] < clock);
        for (double number : state) {
            broken |= !Double.isFinite(number);
        }
        if (broken) {
            throw new IllegalArgumentException("state: length " + state.length + ", good up to row " + row
                    + " (expected: finite numbers: values since the last check, below " + clock + ", and at most "
                    + rows + " rows of 0 to " + BucketRows.BUCKETS + " buckets)");
        }
        window.read(state, 1);
        unchecked = (int) state[0];
    }

    private static boolean validCount(double count) {
        return count >= 0 && count <= BucketRows.BUCKETS && count == (int) count;
    }

    private boolean hasCut() {
        double n = window.width();
        double total = total();
        double d = log(2 * log(n) / delta);
        double spread = 2 * d * squares(total / n) / n;
        double n0 = 0;
        double total0 = 0;
        for (int row = window.used() - 1; row >= 0; row--) {
            for (int i = 0; i < window.count(row); i++) {
                n0 += BucketRows.size(row);
                total0 += window.total(row, i);
                double n1 = n - n0;
                if (n1 < MINIMUM_PART) {
                    return false;
                }
                if (n0 >= MINIMUM_PART) {
                    double m = 1 / (n0 - MINIMUM_PART + 1) + 1 / (n1 - MINIMUM_PART + 1);
                    double apart = Math.abs(total0 / n0 - (total - total0) / n1);
                    if (apart > Math.sqrt(spread * m) + 2.0 / 3 * d * m) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    /** Finds the cut with the largest squared deviation between its parts, and stores the means of the parts. */
    private void split() {
        double n = window.width();
        double total = total();
        double n0 = 0;
        double total0 = 0;
        double largest = -1;
        for (int row = window.used() - 1; row >= 0; row--) {
            for (int i = 0; i < window.count(row); i++) {
                n0 += BucketRows.size(row);
                total0 += window.total(row, i);
                double n1 = n - n0;
                double apart = total0 / n0 - (total - total0) / n1;
                double between = n0 * n1 * apart * apart;
                if (n0 >= MINIMUM_PART && n1 >= MINIMUM_PART && between > largest) {
                    largest = between;
                    before = total0 / n0;
                    after = (total - total0) / n1;
                }
            }
        }
    }

    private double total() {
        double total = 0;
        for (int row = window.used() - 1; row >= 0; row--) {
            for (int i = 0; i < window.count(row); i++) {
                total += window.total(row, i);
            }
        }
        return total;
    }

    /** Returns the sum of the squared deviations of all values from their mean. */
    private double squares(double mean) {
        double sum = 0;
        for (int row = window.used() - 1; row >= 0; row--) {
            double size = BucketRows.size(row);
            double perSize = 1 / size;
            for (int i = 0; i < window.count(row); i++) {
                double apart = window.total(row, i) * perSize - mean;
                sum += window.squares(row, i) + size * apart * apart;
            }
        }
        return sum;
    }
}
