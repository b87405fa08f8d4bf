package io.freshet.learning.model;

import io.freshet.learning.math.ThreadTeam;

/** A layer of rectifiers without recurrence, computed for all steps of all samples at once. */
final class PerStepNetwork implements CellNetwork {
    private final DenseLayer layer;
    private final int hidden;
    private float[] hiddenDelta = {};

    PerStepNetwork(int in, int hidden, int at, ThreadTeam team) {
        this.hidden = hidden;
        layer = new DenseLayer(in, hidden, at, Activation.RELU, null, team);
    }

    @Override
    public int width() {
        return hidden;
    }

    @Override
    public float[] forward(float[] state, float[] x, PackedSteps steps) {
        return layer.forward(state, x, 0, steps.rows(), Network.PREDICT, 0);
    }

    @Override
    public void backward(float[] state, float[] delta, PackedSteps steps, Gradient gradient, float beta) {
        layer.backward(delta, gradient, beta);
        hiddenDelta = delta;
    }

    @Override
    public float[] inputDelta(float[] state, int from) {
        return layer.inputDelta(state, hiddenDelta, from);
    }
}
