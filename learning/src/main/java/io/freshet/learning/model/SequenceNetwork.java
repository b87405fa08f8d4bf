package io.freshet.learning.model;

import io.freshet.learning.math.ThreadTeam;
import java.util.Arrays;

/**
 * A network for sequences: inputs, cell and output layer, each for the steps of all samples of a batch at once.
 *
 * <p>Logits after the end of a sequence are 0. Scratch space grows to the largest batch; from then on nothing is
 * allocated.
 */
final class SequenceNetwork implements Network {
    private final StepInputs inputs;
    private final CellNetwork cell;
    private final DenseLayer output;
    private final int outputs;
    private final int width;
    private final int table;
    private final int denseLength;
    private final PackedSteps steps;
    private float[] stepDelta = {};

    SequenceNetwork(SequenceShape shape, CellNetwork cell, int parameters, ThreadTeam team) {
        this.cell = cell;
        outputs = shape.outputs();
        width = Math.max(Math.max(shape.width(), outputs), cell.width());
        table = shape.table();
        denseLength = parameters - table;
        inputs = new StepInputs(shape.numbers(), shape.buckets(), shape.embedding());
        int hidden = shape.hidden();
        int outputAt = parameters - (hidden + 1) * outputs;
        output = new DenseLayer(hidden, outputs, outputAt, Activation.IDENTITY, null, team);
        steps = new PackedSteps(shape.steps());
    }

    @Override
    public long numbersPerSample() {
        return (long) steps.longest() * width;
    }

    @Override
    public Gradient gradient() {
        return new Gradient(Math.max(1, inputs.embedding()), inputs.buckets(), table, denseLength);
    }

    @Override
    public void forward(float[] state, Batch batch, int from, int to, long update, float[] logits) {
        steps.pack(batch, from, to);
        float[] x = inputs.gather(state, batch, from, steps);
        float[] h = cell.forward(state, x, steps);
        float[] z = output.forward(state, h, 0, steps.rows(), PREDICT, 0);
        Arrays.fill(logits, 0, (to - from) * steps.longest() * outputs, 0);
        for (int t = 0; t < steps.longest(); t++) {
            for (int row = steps.start(t); row < steps.start(t + 1); row++) {
                System.arraycopy(z, row * outputs, logits, place(row, t), outputs);
            }
        }
    }

    /** Returns the index of the first logit of a row. */
    private int place(int row, int step) {
        return (steps.sample(row) * steps.longest() + step) * outputs;
    }

    @Override
    public float backward(float[] state, Batch batch, int from, int to, float[] delta, Gradient gradient) {
        if (stepDelta.length < steps.rows() * outputs) {
            stepDelta = new float[steps.rows() * outputs];
        }
        for (int t = 0; t < steps.longest(); t++) {
            for (int row = steps.start(t); row < steps.start(t + 1); row++) {
                System.arraycopy(delta, place(row, t), stepDelta, row * outputs, outputs);
            }
        }
        float beta = gradient.openDense();
        output.backward(stepDelta, gradient, beta);
        cell.backward(state, output.inputDelta(state, stepDelta, 0), steps, gradient, beta);
        if (inputs.embedding() > 0) {
            inputs.scatter(cell.inputDelta(state, inputs.numbers()), batch, steps, gradient);
        }
        // Covers this chunk and the earlier ones.
        return gradient.largestMagnitude();
    }
}
