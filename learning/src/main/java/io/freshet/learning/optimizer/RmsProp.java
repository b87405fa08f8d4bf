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
 * Epsilon stands outside the root, as in PyTorch; Keras puts it inside. No bias correction, so that the first steps are
 * larger by 1 / sqrt(1 - decay). PyTorch's default decay (its alpha) is 0.99. Pinned by {@code OptimizerGoldenTest}.
 *
 * @param decay in [0, 1), also as a float; 0.9 remembers roughly the last ten steps
 * @param epsilon in [1e-15, 1], in units of the gradient: large beside the gradients (below 1e-19) whose square a float
 *     takes for 0
 * @see <a href="https://www.cs.toronto.edu/~tijmen/csc321/slides/lecture_slides_lec6.pdf">Hinton, lecture 6e</a>
 */
public record RmsProp(double decay, double epsilon) implements Optimizer {
    public RmsProp {
        if (!validDecay(decay)) {
            throw new IllegalArgumentException("decay: " + decay + " (expected: in [0, 1))");
        }
        if (!validEpsilon(epsilon)) {
            throw new IllegalArgumentException("epsilon: " + epsilon + " (expected: in [1e-15, 1])");
        }
    }

    public static boolean validDecay(double decay) {
        return decay >= 0 && (float) decay < 1;
    }

    public static boolean validEpsilon(double epsilon) {
        return epsilon >= 1e-15 && epsilon <= 1;
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
    public Map<String, Double> hyperparameters() {
        Map<String, Double> all = new LinkedHashMap<>();
        all.put("decay", decay);
        all.put("epsilon", epsilon);
        return all;
    }

    @Override
    public void step(float[] state, int slot, int from, int length, float[] gradient, int at, Step step) {
        float learningRate = step.learningRate();
        for (int i = 0; i < length; i++) {
            step(state, from + i, slot, gradient[at + i], learningRate);
        }
    }

    @Override
    public void step(float[] state, int slot, int stride, int[] rows, int count, float[] gradient, Step step) {
        float learningRate = step.learningRate();
        for (int i = 0; i < count; i++) {
            step(state, rows[i] * stride, slot, gradient[i], learningRate);
        }
    }

    private void step(float[] state, int c, int slot, float g, float learningRate) {
        float meanSquare = (float) decay * state[c + slot] + (float) (1 - decay) * (g * g);
        state[c + slot] = meanSquare;
        state[c] -= learningRate * g / ((float) Math.sqrt(meanSquare) + (float) epsilon);
    }
}
