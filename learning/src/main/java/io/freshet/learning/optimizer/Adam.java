package io.freshet.learning.optimizer;

import io.freshet.learning.math.Transcendental;
import io.freshet.learning.parameters.Weights;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Steps by a running mean of the gradient over the root of a running mean of its square (Adam).
 *
 * <pre>
 *   m'     = beta1 * m + (1 - beta1) * g              slot 0, length n, starts at 0
 *   v'     = beta2 * v + (1 - beta2) * g^2            slot 1, likewise
 *   theta' = theta - learningRate * m^ / (sqrt(v^) + epsilon)
 *            m^ = m' / (1 - beta1^t), v^ = v' / (1 - beta2^t)
 * </pre>
 *
 * Epsilon is added after bias correction, as in PyTorch; Keras adds it before. t counts all updates. An update that
 * does not touch a coordinate leaves its m and v unchanged, as in PyTorch's SparseAdam. Both corrections are computed
 * once per update: the first is part of the rate, the second a factor of the root. Pinned by {@code
 * OptimizerReferenceGoldenTest}.
 *
 * @param beta1 in [0, 1), also as a float; 0.9 averages roughly the last ten gradients
 * @param beta2 in [0, 1), also as a float
 * @param epsilon in [1e-15, 1], in units of the gradient
 * @see <a href="https://arxiv.org/abs/1412.6980">Kingma, Ba 2015</a>
 */
public record Adam(double beta1, double beta2, double epsilon) implements Optimizer {
    public Adam {
        Hyperparameter.BETA1.check(beta1);
        Hyperparameter.BETA2.check(beta2);
        Hyperparameter.EPSILON.check(epsilon);
    }

    @Override
    public String name() {
        return "adam";
    }

    @Override
    public int slots() {
        return 2;
    }

    @Override
    public int squares() {
        return 1;
    }

    @Override
    public boolean averagesSquares() {
        return true;
    }

    @Override
    public double defaultLearningRate() {
        return 0.001;
    }

    @Override
    public Map<String, Object> hyperparameters() {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("beta1", beta1);
        all.put("beta2", beta2);
        all.put("epsilon", epsilon);
        return all;
    }

    @Override
    public void prepare(Step step) {
        correctBias(beta1, beta2, step);
    }

    /** Sets {@code first} to learningRate / (1 - beta1^t) and {@code second} to 1 / sqrt(1 - beta2^t). */
    static void correctBias(double beta1, double beta2, Step step) {
        float rate = (float) (step.learningRate() / correction(beta1, step.number()));
        step.share(rate, (float) (1 / Math.sqrt(correction(beta2, step.number()))));
    }

    /** Returns 1 - beta^t, which is exactly 1 once beta^t is below exp(-40); this saves the 30 ns of a power. */
    private static double correction(double beta, long t) {
        return (1 - beta) * t > 40 ? 1 : 1 - Transcendental.pow(beta, t);
    }

    @Override
    public void step(Weights weights, int @Nullable [] rows, float[] gradient, int from, int to, Step step) {
        float[] theta = weights.array(0);
        float[] means = weights.array(1);
        float[] squares = weights.array(2);
        int slot = weights.layout().slotDistance();
        int stride = step.stride();
        float factor = step.factor();
        float keep1 = (float) beta1;
        float take1 = (float) (1 - beta1);
        float keep2 = (float) beta2;
        float take2 = (float) (1 - beta2);
        float eps = (float) epsilon;
        float rate = step.first();
        float correction = step.second();
        for (int i = from; i < to; i++) {
            int p = rows == null ? i : rows[i] * stride;
            int s0 = rows == null ? i : p + slot;
            int s1 = rows == null ? i : p + 2 * slot;
            float g = rows == null ? gradient[i] : 0 + factor * gradient[i];
            float m = keep1 * means[s0] + take1 * g;
            float v = keep2 * squares[s1] + take2 * (g * g);
            means[s0] = m;
            squares[s1] = v;
            theta[p] -= rate * m / ((float) Math.sqrt(v) * correction + eps);
        }
    }
}
