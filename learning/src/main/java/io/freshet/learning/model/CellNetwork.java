package io.freshet.learning.model;

import io.freshet.learning.math.ThreadTeam;

/** The cell of a sequence network, which computes hidden states over packed steps; for one thread at a time. */
public sealed interface CellNetwork permits GruNetwork, PerStepNetwork {
    /**
     * Returns a gated recurrent unit.
     *
     * @param hidden length of its state, H
     * @param at where its parameters start
     * @param truncate steps between the boundaries where backpropagation stops
     */
    static CellNetwork gru(int in, int hidden, int at, int truncate, ThreadTeam team) {
        return new GruNetwork(in, hidden, at, truncate, team);
    }

    /**
     * Returns a layer of rectifiers, the same at each step.
     *
     * @param at where its parameters start
     */
    static CellNetwork perStep(int in, int hidden, int at, ThreadTeam team) {
        return new PerStepNetwork(in, hidden, at, team);
    }

    /** Returns the length of the largest array of scratch space for one row. */
    int width();

    /**
     * Returns h of each row, rows x H from index 0; valid until the next call.
     *
     * @param x inputs, rows x in; must not change before {@link #backward}
     */
    float[] forward(float[] state, float[] x, PackedSteps steps);

    /**
     * Adds the gradient of the rows of the last {@link #forward}.
     *
     * @param delta dLoss/dh of each row through its own logits; changed
     * @param beta from {@link Gradient#openDense}
     */
    void backward(float[] state, float[] delta, PackedSteps steps, Gradient gradient, float beta);

    /**
     * Returns dLoss/dx of the rows of the last {@link #backward}, rows x (in - from) from index 0; valid until the next
     * call.
     *
     * @param from first input to return
     */
    float[] inputDelta(float[] state, int from);
}
