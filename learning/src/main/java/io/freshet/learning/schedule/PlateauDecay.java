package io.freshet.learning.schedule;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Multiplies the rate by a factor when the loss has stopped falling.
 *
 * <pre>
 *   better : a window's progressive loss < best - threshold * |best|          (the first always is)
 *   eta_t  = eta * factor; factor starts at 1, and is multiplied by gamma after patience windows in a row that are no
 *            better; the count then starts again, and the best stays
 * </pre>
 *
 * Counts as Keras's {@code ReduceLROnPlateau}; PyTorch's waits for one window more than its patience. Remembers factor,
 * best (infinity before the first window) and windows waited. A loss that is no number is not better. The factor goes on
 * under another gamma, patience or threshold.
 *
 * @param gamma in (0, 1)
 * @param patience at least 1, in windows
 * @param threshold in [0, 1): the share of the best by which a loss must be smaller to count as better
 */
public record PlateauDecay(double gamma, int patience, double threshold) implements Schedule {
    private static final int FACTOR = 0;
    private static final int BEST = 1;
    private static final int WAITED = 2;

    public PlateauDecay {
        if (!validGamma(gamma)) {
            throw new IllegalArgumentException("gamma: " + gamma + " (expected: in (0, 1))");
        }
        if (patience < 1) {
            throw new IllegalArgumentException("patience: " + patience + " (expected: at least 1)");
        }
        if (!validThreshold(threshold)) {
            throw new IllegalArgumentException("threshold: " + threshold + " (expected: in [0, 1))");
        }
    }

    public static boolean validGamma(double gamma) {
        return gamma > 0 && gamma < 1;
    }

    public static boolean validThreshold(double threshold) {
        return threshold >= 0 && threshold < 1;
    }

    @Override
    public String name() {
        return "plateau";
    }

    @Override
    public Map<String, Object> hyperparameters() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("gamma", gamma);
        map.put("patience", patience);
        map.put("threshold", threshold);
        return map;
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
