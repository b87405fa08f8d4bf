package io.freshet.learning.model;

import io.freshet.learning.math.ThreadTeam;

/** A multilayer perceptron: the dense matrix of the batch is its input. */
final class MlpNetwork implements Network {
    private final int numbers;
    private final int outputs;
    private final int width;
    private final int parameters;
    private final boolean dropsOut;
    private final DenseStack stack;

    MlpNetwork(DenseShape shape, int parameters, long seed, ThreadTeam team) {
        numbers = shape.in();
        outputs = shape.outputs();
        width = shape.width();
        this.parameters = parameters;
        dropsOut = shape.dropout() > 0;
        stack = new DenseStack(shape, 0, seed, team);
    }

    @Override
    public long numbersPerSample() {
        return width;
    }

    @Override
    public Gradient gradient() {
        return Gradient.ofDense(parameters);
    }

    @Override
    public boolean dropsOut() {
        return dropsOut;
    }

    @Override
    public void forward(float[] state, Batch batch, int from, int to, long update, float[] logits) {
        float[] z = stack.forward(state, batch.matrix(), from * numbers, to - from, update, from);
        System.arraycopy(z, 0, logits, 0, (to - from) * outputs);
    }

    @Override
    public float backward(float[] state, Batch batch, int from, int to, float[] delta, Gradient gradient) {
        return stack.backward(state, delta, gradient, gradient.openDense());
    }
}
