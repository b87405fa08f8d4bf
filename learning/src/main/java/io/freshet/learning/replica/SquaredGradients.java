package io.freshet.learning.replica;

import io.freshet.learning.optimizer.Optimizer;

/** The squared gradients that an optimizer has accumulated, as one part of a block. */
final class SquaredGradients {
    private SquaredGradients() {}

    /** Returns which part of a block they are; 0, that of the parameters, if the optimizer has none. */
    static int part(Optimizer optimizer) {
        return 1 + optimizer.squares();
    }

    /**
     * Raises sums below 0 to 0. Rounding or a late contribution can lead to them.
     *
     * @param values parameters, then each slot that is merged
     * @param length count of parameters
     * @param part of the sums: 0, that of the parameters, for none
     */
    static void limit(float[] values, int length, int part) {
        for (int i = part * length; part > 0 && i < Math.min((part + 1) * length, values.length); i++) {
            values[i] = Math.max(0, values[i]);
        }
    }
}
