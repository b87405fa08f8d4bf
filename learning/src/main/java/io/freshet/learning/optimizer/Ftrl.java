package io.freshet.learning.optimizer;

import io.freshet.learning.model.Weights;
import org.jspecify.annotations.Nullable;

/**
 * Follows the regularized leader (FTRL-Proximal): the parameters that would have been best for all gradients so far,
 * with a proximal term that keeps them near the theta of each gradient. Its L1 penalty gives exact zeros.
 *
 * <pre>
 *   d'     = (beta + sqrt(n')) / alpha + lambda2      alpha: the learning rate of this step, at least 1e-10
 *   sigma  = d' - d                                   d: d' of the coordinate's previous step
 *   z'     = z + g - sigma * theta                    slot 0, length n, starts at 0
 *          = near(z) + g - d' * theta                 near(z) = max(-lambda1, min(lambda1, z)); d is not needed
 *   n'     = min(n + g^2, 2^128)                      slot 1, likewise; 2^128 is the largest float
 *   theta' = (near(z') - z') / d'                     0 if |z'| &lt;= lambda1
 * </pre>
 *
 * n does not stall after many updates ({@link SquareSum}). At a constant rate this is the paper's sigma = (sqrt(n') - sqrt(n)) / alpha. With the paper's sigma, a rate that
 * falls to a tenth would also reduce theta to a tenth; here a change of the rate alone moves no parameter. The paper
 * computes theta when it predicts; here it is computed after the update. Since theta follows from z and n, a start
 * other than 0 must be encoded in z ({@link #warmStart}):
 *
 * <pre>
 *   z = -theta * ((beta + sqrt(n)) / alpha + lambda2) - sign(theta) * lambda1
 * </pre>
 *
 * Systems that start at z = 0 lose a warm start at its first update. Pinned by {@code OptimizerReferenceGoldenTest} and
 * {@code FtrlTest}.
 *
 * @param beta in [1e-15, 1e6]; larger values make the first steps smaller
 * @param lambda1 at least 0, strength of the L1 penalty
 * @param lambda2 at least 0, strength of the L2 penalty
 * @see <a href="https://doi.org/10.1145/2487575.2488200">McMahan et al. 2013, algorithm 1</a>
 */
public record Ftrl(double beta, double lambda1, double lambda2) implements Optimizer {
    private static final float SMALLEST_RATE = 1e-10f;

    public Ftrl {
        OptimizerNumbers.BETA.check(beta);
        OptimizerNumbers.L1.check(lambda1);
        OptimizerNumbers.L2.check(lambda2);
    }

    @Override
    public String name() {
        return "ftrl";
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
    public double defaultLearningRate() {
        return 0.1;
    }

    @Override
    public boolean penalizes() {
        return true;
    }

    /** In YAML, the penalties are under {@code regularization}. */
    /** Sets {@code first} to 1 / alpha. */
    @Override
    public void prepare(Step step) {
        step.share(inverse(step.learningRate()), 0);
    }

    private static float inverse(float learningRate) {
        return 1 / Math.max(learningRate, SMALLEST_RATE);
    }

    @Override
    public void warmStart(Weights weights, int from, int length, float learningRate) {
        float inverse = inverse(learningRate);
        float[] sums = weights.array(1);
        float[] squares = weights.array(2);
        int slot = weights.layout().slotDistance();
        for (int c = from; c < from + length; c++) {
            float theta = weights.array(0)[c];
            float factor = ((float) beta + (float) Math.sqrt(squares[c + 2 * slot])) * inverse + (float) lambda2;
            sums[c + slot] = 0 - theta * factor - Math.signum(theta) * (float) lambda1;
        }
    }

    @Override
    public void step(Weights weights, int @Nullable [] rows, float[] gradient, int from, int to, Step step) {
        SquareSum.correct(weights, rows, gradient, from, to, step);
        float[] theta = weights.array(0);
        float[] sums = weights.array(1);
        float[] squares = weights.array(2);
        int slot = weights.layout().slotDistance();
        int stride = step.stride();
        float factor = step.factor();
        float b = (float) beta;
        float l1 = (float) lambda1;
        float l2 = (float) lambda2;
        float inverse = step.first();
        for (int i = from; i < to; i++) {
            int p = rows == null ? i : rows[i] * stride;
            int s0 = rows == null ? i : p + slot;
            int s1 = rows == null ? i : p + 2 * slot;
            float g = rows == null ? gradient[i] : 0 + factor * gradient[i];
            float n = SquareSum.sum(rows, squares[s1], g);
            float d = (b + (float) Math.sqrt(n)) * inverse + l2;
            float z = near(rows, sums[s0], l1) + (g - d * theta[p]);
            squares[s1] = n;
            sums[s0] = z;
            theta[p] = (near(rows, z, l1) - z) / d;
        }
    }

    /**
     * Returns near(z). The sign of z is nearly random, so a branch would take three times as long. Without rows, the
     * compiler vectorizes minimum and maximum; with rows, the bits of z are faster.
     */
    private static float near(int @Nullable [] rows, float z, float l1) {
        if (rows == null) {
            return Math.max(-l1, Math.min(l1, z));
        }
        if (l1 == 0) {
            return 0;
        }
        int bits = Float.floatToRawIntBits(z);
        int magnitude = Math.min(bits & Integer.MAX_VALUE, Float.floatToRawIntBits(l1));
        return Float.intBitsToFloat(magnitude | bits & Integer.MIN_VALUE);
    }
}
