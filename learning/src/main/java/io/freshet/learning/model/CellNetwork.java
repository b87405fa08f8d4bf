package io.freshet.learning.model;

import io.freshet.learning.batch.PackedSteps;
import io.freshet.learning.parameters.Gradient;

/** A {@link SequenceCell} ready to run over packed steps, for one thread. */
sealed interface CellNetwork permits GruNetwork, PerStepNetwork {
    /**
     * Returns h of each row, rows x H from 0, until the next call.
     *
     * @param x inputs, rows x in; must stay as they are until {@link #backward}
     */
    float[] forward(float[] state, float[] x, PackedSteps steps);

    /**
     * Adds the gradient of the rows of the last {@link #forward}.
     *
     * @param delta dLoss/dh of each row by its own logits; changed
     * @param kept what {@link Gradient#openDense} returned
     */
    void backward(float[] state, float[] delta, PackedSteps steps, Gradient gradient, float kept);

    /**
     * Returns dLoss/dx of the rows of the last {@link #backward}, rows x (in - from), from 0, until the next call.
     *
     * @param from the first input wanted
     */
    float[] inputDelta(float[] state, int from);
}
