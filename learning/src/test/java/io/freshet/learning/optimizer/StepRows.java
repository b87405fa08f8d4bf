package io.freshet.learning.optimizer;

import io.freshet.learning.model.Weights;
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

    /** Makes step 1 of an optimizer over the first rows of {@code width} coordinates. */
    static void step(Optimizer optimizer, Weights weights, int[] rows, float[] gradient, float learningRate) {
        optimizer.stepRows(weights, rows, 0, rows.length, gradient, start(optimizer, learningRate, 1));
    }
}
