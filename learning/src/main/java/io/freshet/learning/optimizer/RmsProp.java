package io.freshet.learning.optimizer;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Divides each step by the root of a running mean of its square (RMSProp).
 *
 * <pre>
 *   E'     = decay * E + (1 - decay) * g^2            slot 0, length n, starts at 0
 *   theta' = theta - learningRate * g / (sqrt(E') + epsilon)
 * </pre>
 *
 * Epsilon is outside the root, as in PyTorch; Keras puts it inside. Without bias correction, the first steps are larger
 * by 1 / sqrt(1 - decay). PyTorch's default decay (its alpha) is 0.99. Pinned by {@code OptimizerGoldenTest}.
 *
 * @param decay in [0, 1), also as a float; 0.9 remembers roughly the last ten steps
 * @param epsilon in [1e-15, 1], in units of the gradient
 * @see <a href="https://www.cs.toronto.edu/~tijmen/csc321/slides/lecture_slides_lec6.pdf">Hinton, lecture 6e</a>
 */
public record RmsProp(double decay, double epsilon) implements Optimizer {
    public RmsProp {
        Hyperparameter.DECAY.check(decay);
        Hyperparameter.EPSILON.check(epsilon);
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
    public Map<String, Object> hyperparameters() {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("decay", decay);
        all.put("epsilon", epsilon);
        return all;
    }

    @Override
    public void step(float[] theta, float[] gradient, float[] squares, float[] second, int from, int to, Step step) {
        float keep = (float) decay;
        float take = (float) (1 - decay);
        float eps = (float) epsilon;
        float learningRate = step.learningRate();
        for (int i = from; i < to; i++) {
            float g = gradient[i];
            float meanSquare = keep * squares[i] + take * (g * g);
            squares[i] = meanSquare;
            theta[i] -= learningRate * g / ((float) Math.sqrt(meanSquare) + eps);
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
        float keep = (float) decay;
        float take = (float) (1 - decay);
        float eps = (float) epsilon;
        float learningRate = step.learningRate();
        for (int i = from; i < to; i++) {
            int c = rows[i] * stride;
            float g = 0 + factor * gradient[i];
            float meanSquare = keep * state[c + slot] + take * (g * g);
            state[c + slot] = meanSquare;
            state[c] -= learningRate * g / ((float) Math.sqrt(meanSquare) + eps);
        }
    }
}
