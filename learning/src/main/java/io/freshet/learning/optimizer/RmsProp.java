package io.freshet.learning.optimizer;

import io.freshet.learning.math.Underflow;
import io.freshet.learning.model.Weights;
import org.jspecify.annotations.Nullable;

/**
 * Divides each step by the root of a running mean of its square (RMSProp).
 *
 * <pre>
 *   E'     = decay * E + (1 - decay) * g^2            slot 0, length n, starts at 0
 *   theta' = theta - learningRate * g / (sqrt(E') + epsilon)
 * </pre>
 *
 * Epsilon is outside the root, as in PyTorch; Keras puts it inside. Without bias correction, the first steps are larger
 * by 1 / sqrt(1 - decay). PyTorch's default decay (its alpha) is 0.99. E' is a
 * multiple of 2^-123, 9.4e-38, so that it never decays to a subnormal ({@link Underflow#roundSquare}); this changes its root by
 * 3e-19 at most, far less than epsilon. Pinned by {@code OptimizerGoldenTest}.
 *
 * @param decay in [0, 1), also as a float; 0.9 remembers roughly the last ten steps
 * @param epsilon in [1e-15, 1], in units of the gradient
 * @see <a href="https://www.cs.toronto.edu/~tijmen/csc321/slides/lecture_slides_lec6.pdf">Hinton, lecture 6e</a>
 */
public record RmsProp(double decay, double epsilon) implements Optimizer {
    public RmsProp {
        OptimizerNumbers.DECAY.check(decay);
        OptimizerNumbers.EPSILON.check(epsilon);
    }

    @Override
    public String name() {
        return "rmsprop";
    }

    @Override
    public int slots() {
        return 1;
    }

    @Override
    public int squares() {
        return 0;
    }

    @Override
    public boolean averagesSquares() {
        return true;
    }

    @Override
    public void step(Weights weights, int @Nullable [] rows, float[] gradient, int from, int to, Step step) {
        float[] theta = weights.array(0);
        float[] squares = weights.array(1);
        int slot = weights.layout().slotDistance();
        int stride = step.stride();
        float factor = step.factor();
        float keep = (float) decay;
        float take = (float) (1 - decay);
        float eps = (float) epsilon;
        float learningRate = step.learningRate();
        for (int i = from; i < to; i++) {
            int p = rows == null ? i : rows[i] * stride;
            int s = rows == null ? i : p + slot;
            float g = rows == null ? gradient[i] : 0 + factor * gradient[i];
            float meanSquare = Underflow.roundSquare(keep * squares[s] + take * (g * g));
            squares[s] = meanSquare;
            theta[p] -= learningRate * g / ((float) Math.sqrt(meanSquare) + eps);
        }
    }
}
