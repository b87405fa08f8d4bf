package io.freshet.learning.optimizer;

import io.freshet.learning.math.Underflow;
import io.freshet.learning.model.Weights;
import org.jspecify.annotations.Nullable;

/**
 * Momentum that looks one step ahead (Nesterov's accelerated gradient).
 *
 * <pre>
 *   v'     = momentum * v + g                         slot 0, length n, starts at 0
 *   theta' = theta - learningRate * (g + momentum * v')
 * </pre>
 *
 * The form of PyTorch, in which theta is the look-ahead point where g is computed. Otherwise as {@link Momentum}: v' is a
 * multiple of 2^-95 ({@link Underflow#round}).
 * Pinned by {@code OptimizerReferenceGoldenTest}.
 *
 * @param momentum in [0, 1), also as a float
 * @see <a href="https://proceedings.mlr.press/v28/sutskever13.html">Sutskever et al. 2013, section 2</a>
 */
public record Nesterov(double momentum) implements Optimizer {
    public Nesterov {
        OptimizerNumbers.MOMENTUM.check(momentum);
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
    public void step(Weights weights, int @Nullable [] rows, float[] gradient, int from, int to, Step step) {
        float[] theta = weights.array(0);
        float[] velocity = weights.array(1);
        int slot = weights.layout().slotDistance();
        int stride = step.stride();
        float factor = step.factor();
        float mu = (float) momentum;
        float learningRate = step.learningRate();
        for (int i = from; i < to; i++) {
            int p = rows == null ? i : rows[i] * stride;
            int s = rows == null ? i : p + slot;
            float g = rows == null ? gradient[i] : 0 + factor * gradient[i];
            float v = Underflow.round(mu * velocity[s] + g);
            velocity[s] = v;
            theta[p] -= learningRate * (g + mu * v);
        }
    }
}
