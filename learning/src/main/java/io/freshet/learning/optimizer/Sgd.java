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
    public Map<String, Double> hyperparameters() {
        return Map.of();
    }

    @Override
    public void step(float[] state, int n, int[] rows, int count, int width, float[] gradient, float learningRate) {
        if (width == 1) {
            // The loop that compilers like: four times as fast for one output, where a row is one coordinate.
            for (int i = 0; i < count; i++) {
                state[rows[i]] -= learningRate * gradient[i];
            }
            return;
        }
        int g = 0;
        for (int i = 0; i < count; i++) {
            int c = rows[i] * width;
            for (int end = c + width; c < end; c++) {
                state[c] -= learningRate * gradient[g++];
            }
        }
    }
}
