package io.freshet.learning.optimizer;

import java.util.Map;

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
        Hyperparameter.EPSILON.check(epsilon);
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
    public int squares() {
        return 0;
    }

    @Override
    public Map<String, Object> hyperparameters() {
        return Map.of("epsilon", epsilon);
    }

    /** Sets {@code first} to the dither of G. */
    @Override
    public void prepare(Step step) {
        step.share(SquareSum.dither(step.number()), 0);
    }

    @Override
    public void step(float[] theta, float[] gradient, float[] squares, float[] second, int from, int to, Step step) {
        SquareSum.correct(squares, gradient, from, to, step.first());
        float eps = (float) epsilon;
        float learningRate = step.learningRate();
        for (int i = from; i < to; i++) {
            float g = gradient[i];
            float sum = Math.min(squares[i] + g * g, Float.MAX_VALUE);
            squares[i] = sum;
            theta[i] -= learningRate * g / ((float) Math.sqrt(sum) + eps);
        }
    }

    /** On scattered coordinates, a branch that is never taken costs less than a minimum. */
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
        SquareSum.correct(state, slot, stride, rows, gradient, from, to, factor, step.first());
        float eps = (float) epsilon;
        float learningRate = step.learningRate();
        for (int i = from; i < to; i++) {
            int c = rows[i] * stride;
            float g = 0 + factor * gradient[i];
            float sum = state[c + slot] + g * g;
            if (sum > Float.MAX_VALUE) {
                sum = Float.MAX_VALUE;
            }
            state[c + slot] = sum;
            state[c] -= learningRate * g / ((float) Math.sqrt(sum) + eps);
        }
    }
}
