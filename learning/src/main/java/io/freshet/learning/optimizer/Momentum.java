package io.freshet.learning.optimizer;

import io.freshet.learning.math.Underflow;
import io.freshet.learning.model.Weights;
import org.jspecify.annotations.Nullable;

/**
 * Steps along a decaying sum of all gradients so far (momentum, the heavy ball method).
 *
 * <pre>
 *   v'     = momentum * v + g                         slot 0, length n, starts at 0
 *   theta' = theta - learningRate * v'
 * </pre>
 *
 * The rate is outside v, as in PyTorch; in Keras it is inside, which differs once the rate changes. No dampening. A
 * sparse step does not move a coordinate that it does not touch. v' is a multiple of 2^-95, 2.5e-29, so that it never decays to
 * a subnormal ({@link Underflow#round}). Pinned by {@code OptimizerReferenceGoldenTest}.
 *
 * @param momentum in [0, 1), also as a float; 0.9 adds up roughly the last ten gradients
 * @see <a href="https://doi.org/10.1016/0041-5553(64)90137-5">Polyak 1964</a>
 */
public record Momentum(double momentum) implements Optimizer {
    public Momentum {
        OptimizerNumbers.MOMENTUM.check(momentum);
    }

    @Override
    public String name() {
        return "momentum";
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
            theta[p] -= learningRate * v;
        }
    }
}
