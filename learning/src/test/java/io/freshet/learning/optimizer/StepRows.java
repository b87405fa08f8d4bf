package io.freshet.learning.optimizer;

import java.util.stream.IntStream;

/** Steps an optimizer over rows whose slots are in other arrays, as an update of a network with a table does. */
final class StepRows {
    private StepRows() {}

    /** Returns step t, started. */
    static Step start(Optimizer optimizer, float learningRate, long t) {
        Step step = new Step(optimizer);
        step.start(learningRate, t);
        return step;
    }

    static int[] all(int rows) {
        return IntStream.range(0, rows).toArray();
    }

    static void step(
            Optimizer optimizer,
            float[][] state,
            int[] rows,
            int count,
            int width,
            float[] gradient,
            float learningRate) {
        optimizer.stepRows(state, 0, width, rows, count, width, gradient, start(optimizer, learningRate, 1));
    }
}
