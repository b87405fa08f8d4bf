package io.freshet.learning.optimizer;

import io.freshet.learning.model.Weights;
import org.jspecify.annotations.Nullable;

/**
 * Steps against the gradient (stochastic gradient descent).
 *
 * <pre>
 *   theta' = theta - learningRate * g
 * </pre>
 *
 * No slots. Pinned by {@code OptimizerGoldenTest}.
 */
public record Sgd() implements Optimizer {
    @Override
    public String name() {
        return "sgd";
    }

    @Override
    public int slots() {
        return 0;
    }

    @Override
    public void step(Weights weights, int @Nullable [] rows, float[] gradient, int from, int to, Step step) {
        float[] theta = weights.array(0);
        int stride = step.stride();
        float factor = step.factor();
        float learningRate = step.learningRate();
        for (int i = from; i < to; i++) {
            int p = rows == null ? i : rows[i] * stride;
            float g = rows == null ? gradient[i] : 0 + factor * gradient[i];
            theta[p] -= learningRate * g;
        }
    }
}
