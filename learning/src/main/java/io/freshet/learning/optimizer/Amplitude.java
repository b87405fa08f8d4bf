package io.freshet.learning.optimizer;

import static io.freshet.learning.math.Transcendental.exp;

/**
 * What {@link ScaleFree} learns for a whole model: one amplitude of its parameters, one of its bias, and the units of gradients and
 * labels.
 *
 * <pre>
 *   d  = g z_f / (G Y),  d^2 limited to S max(10, min(100, 1000 / N'))      z_f: the logit without the bias; z_b: the bias
 *   S' = S + d^2,   a' = a - 0.5 d / sqrt(S')          S starts at 1, a at 0
 *   the same for the bias with z_b, 0.1, and ln 2      both amplitudes in [-20, 20]
 *   N' = N + h,   Q' = Q + h g^2,   W' = W + h y^2,    G = sqrt(Q' / N'),   Y = sqrt(W' / N')
 * </pre>
 *
 * For g and y, see {@link SquareLimit}. There, Q is at least W, or N with a loss that has not the unit of the label; then W is 0.
 *
 * If g z is positive in the mean, predictions are overconfident, and the amplitude falls.
 */
final class Amplitude {
    private static final int LOGARITHM = 0;
    private static final int SQUARES = 1;
    private static final int BIAS_LOGARITHM = 2;
    private static final int BIAS_SQUARES = 3;
    private static final int WEIGHT = 4;
    private static final int GRADIENTS = 5;
    private static final int LABELS = 6;
    private static final double LOG_2 = 0x1.62e42fefa39efp-1;
    private static final double LIMIT = 20;
    /** The limit of d^2 / S, in the first ten samples and from the hundredth on. */
    private static final double FIRST = 100;

    private static final double LATER = 10;
    private static final double RATE = 0.5;
    private static final double BIAS_RATE = 0.1;

    private Amplitude() {}

    static double[] start() {
        return new double[] {0, 1, LOG_2, 1, 0, 0, 0};
    }

    static double ofFeatures(double[] memory) {
        return exp(memory[LOGARITHM]);
    }

    static double ofBias(double[] memory) {
        return exp(Math.max(memory[LOGARITHM], memory[BIAS_LOGARITHM]));
    }

    /**
     * Adds a sample to the units.
     *
     * @param gradients g^2, the mean over outputs
     * @param labels y^2, the mean over outputs
     * @param usual the size of g that counts as usual from the start
     * @return the share of the sample that counts
     */
    static double addUnits(double[] memory, double h, double gradients, double labels, double usual) {
        double n = memory[WEIGHT];
        double sum = Math.max(usual * usual * n, Math.max(memory[GRADIENTS], memory[LABELS]));
        double share = SquareLimit.share(gradients, h, sum, n);
        double ofLabel = SquareLimit.share(labels, h, memory[LABELS], n);
        memory[WEIGHT] += h;
        memory[GRADIENTS] += h * gradients * share * share;
        memory[LABELS] += h * labels * ofLabel * ofLabel;
        return share;
    }

    /** Returns G. */
    static double ofGradients(double[] memory) {
        return Math.sqrt(memory[GRADIENTS] / memory[WEIGHT]);
    }

    /** Returns Y. */
    static double ofLabels(double[] memory) {
        return Math.sqrt(memory[LABELS] / memory[WEIGHT]);
    }

    /**
     * Learns both amplitudes.
     *
     * @param signal d of the features, before it is limited
     * @param biasSignal d of the bias, before it is limited
     */
    static void learn(double[] memory, double signal, double biasSignal) {
        learn(memory, LOGARITHM, signal, RATE);
        learn(memory, BIAS_LOGARITHM, biasSignal, BIAS_RATE);
    }

    private static void learn(double[] memory, int at, double signal, double rate) {
        double squares = Math.max(LATER, Math.min(FIRST, FIRST * LATER / memory[WEIGHT]));
        double limit = Math.sqrt(squares * memory[at + SQUARES]);
        double d = Math.max(-limit, Math.min(limit, signal));
        memory[at + SQUARES] += d * d;
        double moved = memory[at] - rate * d / Math.sqrt(memory[at + SQUARES]);
        memory[at] = Math.max(-LIMIT, Math.min(LIMIT, moved));
    }
}
