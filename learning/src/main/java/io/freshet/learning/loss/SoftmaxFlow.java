package io.freshet.learning.loss;

import static io.freshet.learning.math.Transcendental.exp;
import static io.freshet.learning.math.Transcendental.pow;

import java.util.Arrays;

/**
 * Moves the logits of a softmax against their gradients for a time, each at a speed of its own.
 *
 * <pre>
 *   dz_k/dt = v_k (y_k - p_k sum_j y_j)
 * </pre>
 *
 * There is no closed form. So it is integrated by Dormand and Prince's method of order 5, whose steps adapt to its error: 1e-6 of
 * the longest way. Far from the minimum and close to it, steps grow with the time, so even a very long time takes few of them. After
 * {@value #MAXIMUM_STEPS} steps, it stops where it is. Reuses its arrays, so it is not thread-safe. Pinned by {@code
 * LossFlowTest}.
 *
 * @see <a href="https://doi.org/10.1016/0771-050X(80)90013-3">Dormand and Prince 1980</a>
 */
public final class SoftmaxFlow {
    private static final int MAXIMUM_STEPS = 200;
    private static final double PRECISION = 1e-6;

    /** The last row is the result. */
    private static final double[][] STAGES = {
        {},
        {1.0 / 5},
        {3.0 / 40, 9.0 / 40},
        {44.0 / 45, -56.0 / 15, 32.0 / 9},
        {19372.0 / 6561, -25360.0 / 2187, 64448.0 / 6561, -212.0 / 729},
        {9017.0 / 3168, -355.0 / 33, 46732.0 / 5247, 49.0 / 176, -5103.0 / 18656},
        {35.0 / 384, 0, 500.0 / 1113, 125.0 / 192, -2187.0 / 6784, 11.0 / 84}
    };

    /** The result less that of order 4. */
    private static final double[] ERRORS = {
        71.0 / 57600, 0, -71.0 / 16695, 71.0 / 1920, -17253.0 / 339200, 22.0 / 525, -1.0 / 40
    };

    private static final int LAST = STAGES.length - 1;

    private final int outputs;
    private final double[][] slopes;
    private final double[] shares;
    private final double[] changes;
    private final double[] powers;
    private int target;
    private double otherShares;

    /** @param outputs K */
    public SoftmaxFlow(int outputs) {
        this.outputs = outputs;
        slopes = new double[STAGES.length][outputs];
        shares = new double[outputs];
        changes = new double[outputs];
        powers = new double[outputs];
    }

    /**
     * Computes by how far each logit moves.
     *
     * @param label a class if {@code isClass}; otherwise K shares
     * @param speeds v, at least 0
     * @param ways receives the ways
     */
    public void follow(float[] logits, float[] label, boolean isClass, double[] speeds, double time, double[] ways) {
        setLabel(label, isClass);
        Arrays.fill(ways, 0);
        double fastest = 0;
        for (int k = 0; k < outputs; k++) {
            fastest = Math.max(fastest, speeds[k]);
        }
        Arrays.fill(changes, 0);
        slope(logits, ways, speeds, slopes[0]);
        double rest = time;
        double next = 1 / fastest;
        for (int i = 0; i < MAXIMUM_STEPS && rest > 0; i++) {
            double step = Math.min(next, rest);
            for (int stage = 1; stage <= LAST; stage++) {
                change(stage, step);
                slope(logits, ways, speeds, slopes[stage]);
            }
            double tolerance = PRECISION * longest(ways);
            if (tolerance == 0) {
                return;
            }
            double error = error(step);
            if (error <= tolerance) {
                rest -= step;
                for (int k = 0; k < outputs; k++) {
                    ways[k] += changes[k];
                    slopes[0][k] = slopes[LAST][k];
                }
            }
            next = step * Math.max(0.2, Math.min(5, 0.9 * pow(tolerance / error, 0.2)));
        }
    }

    private void setLabel(float[] label, boolean isClass) {
        for (int k = 0; k < outputs; k++) {
            shares[k] = isClass ? 0 : label[k];
        }
        target = isClass ? (int) label[0] : Softmax.largest(label, 0, outputs);
        if (isClass) {
            shares[target] = 1;
        }
        otherShares = 0;
        for (int k = 0; k < outputs; k++) {
            otherShares += k == target ? 0 : shares[k];
        }
    }

    private void change(int stage, double step) {
        for (int k = 0; k < outputs; k++) {
            double sum = 0;
            for (int j = 0; j < stage; j++) {
                sum += STAGES[stage][j] * slopes[j][k];
            }
            changes[k] = step * sum;
        }
    }

    private double longest(double[] ways) {
        double longest = 0;
        for (int k = 0; k < outputs; k++) {
            longest = Math.max(longest, Math.abs(ways[k] + changes[k]));
        }
        return longest;
    }

    private double error(double step) {
        double largest = 0;
        for (int k = 0; k < outputs; k++) {
            double sum = 0;
            for (int j = 0; j <= LAST; j++) {
                sum += ERRORS[j] * slopes[j][k];
            }
            largest = Math.max(largest, Math.abs(step * sum));
        }
        return largest;
    }

    /** Writes dz/dt. That of the target does not cancel where its probability is close to 1. */
    private void slope(float[] logits, double[] ways, double[] speeds, double[] slope) {
        double maximum = Double.NEGATIVE_INFINITY;
        for (int k = 0; k < outputs; k++) {
            powers[k] = logits[k] + (ways[k] + changes[k]);
            maximum = Math.max(maximum, powers[k]);
        }
        double others = 0;
        for (int k = 0; k < outputs; k++) {
            powers[k] = exp(powers[k] - maximum);
            others += k == target ? 0 : powers[k];
        }
        double sum = others + powers[target];
        double shareSum = otherShares + shares[target];
        for (int k = 0; k < outputs; k++) {
            double gap =
                    k == target ? shares[k] * others - powers[k] * otherShares : shares[k] * sum - powers[k] * shareSum;
            slope[k] = speeds[k] * gap / sum;
        }
    }
}
