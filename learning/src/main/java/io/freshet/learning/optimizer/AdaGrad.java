package io.freshet.learning.optimizer;

import io.freshet.learning.model.Weights;
import org.jspecify.annotations.Nullable;

/**
 * Divides each step by the root of the sum of all squares so far (AdaGrad).
 *
 * <pre>
 *   G'     = min(G + g^2, 2^128)                      slot 0, length n, starts at 0; 2^128 is the largest float
 *   theta' = theta - learningRate * g / (sqrt(G') + epsilon)
 * </pre>
 *
 * G does not stall after many updates ({@link SquareSum}). Epsilon is outside the root, as in PyTorch (whose default is 1e-10); Keras and River put it inside. Pinned by
 * {@code OptimizerReferenceGoldenTest}.
 *
 * @param epsilon in [1e-15, 1], in units of the gradient
 * @see <a href="https://jmlr.org/papers/v12/duchi11a.html">Duchi, Hazan, Singer 2011</a>
 */
public record AdaGrad(double epsilon) implements Optimizer {
    public AdaGrad {
        OptimizerNumbers.EPSILON.check(epsilon);
    }

    @Override
    public String name() {
        return "adagrad";
    }

    @Override
    public int slots() {
        return 1;
    }

    @Override
    public double defaultLearningRate() {
        return 0.05;
    }

    @Override
    public int squares() {
        return 0;
    }

    @Override
    public void step(Weights weights, int @Nullable [] rows, float[] gradient, int from, int to, Step step) {
        SquareSum.correct(weights, rows, gradient, from, to, step);
        float[] theta = weights.array(0);
        float[] squares = weights.array(1);
        int slot = weights.layout().slotDistance();
        int stride = step.stride();
        float factor = step.factor();
        float eps = (float) epsilon;
        float learningRate = step.learningRate();
        for (int i = from; i < to; i++) {
            int p = rows == null ? i : rows[i] * stride;
            int s = rows == null ? i : p + slot;
            float g = rows == null ? gradient[i] : 0 + factor * gradient[i];
            float sum = SquareSum.sum(rows, squares[s], g);
            squares[s] = sum;
            theta[p] -= learningRate * g / ((float) Math.sqrt(sum) + eps);
        }
    }
}
