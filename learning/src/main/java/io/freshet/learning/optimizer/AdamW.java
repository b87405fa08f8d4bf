package io.freshet.learning.optimizer;

/**
 * Adam with decoupled weight decay, which does not pass through the moments.
 *
 * <pre>
 *   m, v   as in {@link Adam}                         slots 0 and 1
 *   theta' = theta - learningRate * m^ / (sqrt(v^) + epsilon) - learningRate * weightDecay * theta
 * </pre>
 *
 * The step decays theta from before the step, and only the coordinates that it touches; learningRate * weightDecay is
 * at most 1. The same as PyTorch's AdamW. An L2 penalty would be added to the gradient instead. m' and theta' are
 * multiples of 2^-95 and v' of 2^-123, so that they never decay to subnormals ({@link io.freshet.learning.math.Underflow}). Pinned by
 * {@code OptimizerReferenceGoldenTest}.
 *
 * @param beta1 in [0, 1), also as a float
 * @param beta2 in [0, 1), also as a float
 * @param epsilon in [1e-15, 1], in units of the gradient
 * @param weightDecay in [0, 1000], in units of the learning rate, for each step
 * @see <a href="https://arxiv.org/abs/1711.05101">Loshchilov, Hutter 2019</a>
 */
public record AdamW(double beta1, double beta2, double epsilon, double weightDecay) implements AdamFormula {
    public AdamW {
        OptimizerNumbers.BETA1.check(beta1);
        OptimizerNumbers.BETA2.check(beta2);
        OptimizerNumbers.EPSILON.check(epsilon);
        OptimizerNumbers.WEIGHT_DECAY.check(weightDecay);
    }

    @Override
    public String name() {
        return "adamw";
    }

    /** At 1 / weightDecay, decay alone sets a parameter to 0. */
    @Override
    public double largestLearningRate() {
        return 1 / weightDecay;
    }
}
