package io.freshet.learning.optimizer;

import io.freshet.learning.parameters.Weights;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Adam with decoupled weight decay, which does not pass through the moments.
 *
 * <pre>
 *   m, v   as in {@link Adam}                         slots 0 and 1
 *   theta' = theta - learningRate * m^ / (sqrt(v^) + epsilon) - learningRate * weightDecay * theta
 * </pre>
 *
 * The step decays theta from before the step, and only the coordinates that it touches; learningRate * weightDecay is
 * at most 1. The same as PyTorch's AdamW. An L2 penalty would be added to the gradient instead. Pinned by {@code
 * OptimizerReferenceGoldenTest}.
 *
 * @param beta1 in [0, 1), also as a float
 * @param beta2 in [0, 1), also as a float
 * @param epsilon in [1e-15, 1], in units of the gradient
 * @param weightDecay in [0, 1000], in units of the learning rate, for each step
 * @see <a href="https://arxiv.org/abs/1711.05101">Loshchilov, Hutter 2019</a>
 */
public record AdamW(double beta1, double beta2, double epsilon, double weightDecay) implements Optimizer {
    public AdamW {
        Hyperparameter.BETA1.check(beta1);
        Hyperparameter.BETA2.check(beta2);
        Hyperparameter.EPSILON.check(epsilon);
        Hyperparameter.WEIGHT_DECAY.check(weightDecay);
    }

    @Override
    public String name() {
        return "adamw";
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

    /** At 1 / weightDecay, decay alone sets a parameter to 0. */
    @Override
    public double largestLearningRate() {
        return 1 / weightDecay;
    }

    @Override
    public Map<String, Object> hyperparameters() {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("beta1", beta1);
        all.put("beta2", beta2);
        all.put("epsilon", epsilon);
        all.put("weightDecay", weightDecay);
        return all;
    }

    @Override
    public void prepare(Step step) {
        Adam.correctBias(beta1, beta2, step);
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
        float decay = step.learningRate() * (float) weightDecay;
        for (int i = from; i < to; i++) {
            int p = rows == null ? i : rows[i] * stride;
            int s0 = rows == null ? i : p + slot;
            int s1 = rows == null ? i : p + 2 * slot;
            float g = rows == null ? gradient[i] : 0 + factor * gradient[i];
            float m = keep1 * means[s0] + take1 * g;
            float v = keep2 * squares[s1] + take2 * (g * g);
            means[s0] = m;
            squares[s1] = v;
            float before = theta[p];
            float move = rate * m / ((float) Math.sqrt(v) * correction + eps);
            theta[p] = before - (move + decay * before);
        }
    }
}
