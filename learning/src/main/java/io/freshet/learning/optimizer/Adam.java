package io.freshet.learning.optimizer;

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
 * once per update: the first is part of the rate, the second a factor of the root. m' is a
 * multiple of 2^-95 and v' of 2^-123, so that they never decay to subnormals ({@link io.freshet.learning.math.Underflow}). Pinned by
 * {@code OptimizerReferenceGoldenTest}.
 *
 * @param beta1 in [0, 1), also as a float; 0.9 averages roughly the last ten gradients
 * @param beta2 in [0, 1), also as a float
 * @param epsilon in [1e-15, 1], in units of the gradient
 * @see <a href="https://arxiv.org/abs/1412.6980">Kingma, Ba 2015</a>
 */
public record Adam(double beta1, double beta2, double epsilon) implements AdamFormula {
    public Adam {
        OptimizerNumbers.BETA1.check(beta1);
        OptimizerNumbers.BETA2.check(beta2);
        OptimizerNumbers.EPSILON.check(epsilon);
    }

    @Override
    public String name() {
        return "adam";
    }

    @Override
    public double weightDecay() {
        return 0;
    }
}
