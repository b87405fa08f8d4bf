package io.freshet.learning.optimizer;

import java.util.Map;

/**
 * Momentum that looks one step ahead (Nesterov's accelerated gradient).
 *
 * <pre>
 *   v'     = momentum * v + g                         slot 0, length n, starts at 0
 *   theta' = theta - learningRate * (g + momentum * v')
 * </pre>
 *
 * The form of PyTorch, in which theta is the look-ahead point where g is computed. Otherwise as {@link Momentum}.
 * Pinned by {@code OptimizerReferenceGoldenTest}.
 *
 * @param momentum in [0, 1), also as a float
 * @see <a href="https://proceedings.mlr.press/v28/sutskever13.html">Sutskever et al. 2013, section 2</a>
 */
public record Nesterov(double momentum) implements Optimizer {
    public Nesterov {
        Hyperparameter.MOMENTUM.check(momentum);
    }

    @Override
    public String name() {
        return "nesterov";
    }

    @Override
    public int slots() {
        return 1;
    }

    @Override
    public Map<String, Object> hyperparameters() {
        return Map.of("momentum", momentum);
    }

    @Override
    public void step(float[] theta, float[] gradient, float[] velocity, float[] second, int from, int to, Step step) {
        float mu = (float) momentum;
        float learningRate = step.learningRate();
        for (int i = from; i < to; i++) {
            float g = gradient[i];
            float v = mu * velocity[i] + g;
            velocity[i] = v;
            theta[i] -= learningRate * (g + mu * v);
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
        float mu = (float) momentum;
        float learningRate = step.learningRate();
        for (int i = from; i < to; i++) {
            int c = rows[i] * stride;
            float g = 0 + factor * gradient[i];
            float v = mu * state[c + slot] + g;
            state[c + slot] = v;
            state[c] -= learningRate * (g + mu * v);
        }
    }
}
