package io.freshet.learning.optimizer;

/** Steps an optimizer over rows of a state that is laid out by slot, as an update of a sparse model does. */
final class StepRows {
    private StepRows() {}

    static void step(
            Optimizer optimizer,
            float[] state,
            int n,
            int[] rows,
            int count,
            int width,
            float[] gradient,
            float learningRate) {
        Step step = new Step();
        step.start(learningRate, 1);
        optimizer.prepare(step);
        if (width == 1) {
            optimizer.step(state, n, 1, rows, count, gradient, step);
            return;
        }
        for (int i = 0; i < count; i++) {
            optimizer.step(state, n, rows[i] * width, width, gradient, i * width, step);
        }
    }
}
