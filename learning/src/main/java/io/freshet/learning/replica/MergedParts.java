package io.freshet.learning.replica;

import io.freshet.learning.optimizer.Optimizer;
import io.freshet.learning.spec.ReplicaSettings;

/**
 * The arrays of a block that are merged: the parameters, and then the slots if they are merged.
 *
 * @param count of arrays
 * @param squares the array of the squared gradients that the optimizer has accumulated; 0, that of the parameters, if it has none
 */
record MergedParts(int count, int squares) {
    static MergedParts of(ReplicaSettings settings, Optimizer optimizer) {
        return new MergedParts(settings.parts(optimizer), 1 + optimizer.squares());
    }

    /** Raises sums of squares below 0 to 0. Rounding or a late contribution can lead to them. */
    void limit(float[] values) {
        int length = values.length / count;
        for (int i = squares * length; squares > 0 && i < Math.min((squares + 1) * length, values.length); i++) {
            values[i] = Math.max(0, values[i]);
        }
    }
}
