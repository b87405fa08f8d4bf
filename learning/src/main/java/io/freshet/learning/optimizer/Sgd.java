package io.freshet.learning.optimizer;

import java.util.Map;

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
    public Map<String, Object> hyperparameters() {
        return Map.of();
    }

    @Override
    public void step(float[] theta, float[] gradient, float[] first, float[] second, int from, int to, Step step) {
        float learningRate = step.learningRate();
        for (int i = from; i < to; i++) {
            theta[i] -= learningRate * gradient[i];
        }
    }

    @Override
    public void step(
            float[] state,
            int slot,
            int stride,
            int[] rows,
            float[] gradient,
            int from,
            int to,
            float factor,
            Step step) {
        float learningRate = step.learningRate();
        for (int i = from; i < to; i++) {
            state[rows[i] * stride] -= learningRate * (0 + factor * gradient[i]);
        }
    }
}
