package io.freshet.learning.optimizer;

import java.util.stream.IntStream;

/** Steps an optimizer over rows of a state that is laid out by slot, as an update of a sparse model does. */
final class StepRows {
    private StepRows() {}

    /** Returns step t at a rate. */
    static Step prepare(Optimizer optimizer, float learningRate, long t) {
        Step step = new Step();
        step.start(learningRate, t);
        optimizer.prepare(step);
        return step;
    }

    static int[] all(int rows) {
        return IntStream.range(0, rows).toArray();
    }

    static void step(
            Optimizer optimizer,
            float[] state,
            int n,
            int[] rows,
            int count,
            int width,
            float[] gradient,
            float learningRate) {
        Step step = prepare(optimizer, learningRate, 1);
        if (width == 1) {
            optimizer.step(state, n, 1, rows, gradient, 0, count, 1, step);
            return;
        }
        for (int i = 0; i < count; i++) {
            optimizer.step(new float[][] {state}, n, rows[i] * width, width, gradient, i * width, step);
        }
    }
}
