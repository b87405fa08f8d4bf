package io.freshet.learning.optimizer;

import io.freshet.learning.yaml.Hyperparameter;

/**
 * Multiplies the rate by a factor when the loss stops falling.
 *
 * <pre>
 *   better : a window's progressive loss < best - threshold * |best|          (always true for the first window)
 *   eta_t  = eta * factor; factor starts at 1, and is multiplied by gamma after patience consecutive windows that
 *            are not better; the count then restarts at 0, and best is kept
 * </pre>
 *
 * Counts like Keras's {@code ReduceLROnPlateau}; PyTorch's waits one window longer than its patience. The memory is the
 * factor, the best loss (infinity before the first window), and the count of windows waited. A loss that is not finite
 * is not better. A change of gamma, patience, or threshold keeps the factor.
 *
 * @param gamma in (0, 1)
 * @param patience at least 1, in windows
 * @param threshold minimum improvement that counts as better, as a share of the best loss, in [0, 1)
 */
public record PlateauDecay(double gamma, int patience, double threshold) implements Schedule {
    public static final Hyperparameter GAMMA =
            new Hyperparameter("gamma", 0.5, gamma -> gamma > 0 && gamma < 1, "in (0, 1)");
    public static final Hyperparameter THRESHOLD =
            new Hyperparameter("threshold", 1e-4, threshold -> threshold >= 0 && threshold < 1, "in [0, 1)");

    private static final int FACTOR = 0;
    private static final int BEST = 1;
    private static final int WAITED = 2;

    public PlateauDecay {
        GAMMA.check(gamma);
        if (patience < 1) {
            throw new IllegalArgumentException("patience: " + patience + " (expected: at least 1)");
        }
        THRESHOLD.check(threshold);
    }

    @Override
    public String name() {
        return "plateau";
    }

    @Override
    public double formula(double base, long t, double[] memory) {
        return base * memory[FACTOR];
    }

    @Override
    public double[] memory() {
        return new double[] {1, Double.POSITIVE_INFINITY, 0};
    }

    @Override
    public void endWindow(double[] memory, double loss) {
        double best = memory[BEST];
        if (Double.isFinite(loss) && (best == Double.POSITIVE_INFINITY || loss < best - threshold * Math.abs(best))) {
            memory[BEST] = loss;
            memory[WAITED] = 0;
            return;
        }
        memory[WAITED]++;
        if (memory[WAITED] >= patience) {
            memory[WAITED] = 0;
            memory[FACTOR] *= gamma;
        }
    }
}
