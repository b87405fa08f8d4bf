package io.freshet.learning.optimizer;

import io.freshet.learning.math.Transcendental;
import io.freshet.learning.math.Underflow;
import io.freshet.learning.model.Weights;
import org.jspecify.annotations.Nullable;

/**
 * The state and the formula that {@link Adam} and {@link AdamW} share. Without weight decay, both give the same bits.
 *
 * <pre>
 *   theta' = theta - (learningRate * m^ / (sqrt(v^) + epsilon) + learningRate * weightDecay * theta)
 * </pre>
 *
 * m^ and v^ as in {@link Adam}. m' is a multiple of 2^-95 (2.5e-29), and v' of 2^-123 (9.4e-38), so that they never decay to subnormals
 * ({@link Underflow}); with weight decay, theta' is a multiple of 2^-95 for the same reason. m' times a rate of at least 4.7e-10 is
 * normal, too. Pinned by {@code OptimizerReferenceGoldenTest}.
 */
sealed interface AdamFormula extends Optimizer permits Adam, AdamW {
    double beta1();

    double beta2();

    double epsilon();

    /** Returns the decay of theta per learning rate; 0 for none. */
    double weightDecay();

    @Override
    default int slots() {
        return 2;
    }

    @Override
    default int squares() {
        return 1;
    }

    @Override
    default boolean averagesSquares() {
        return true;
    }

    @Override
    default double defaultLearningRate() {
        return 0.001;
    }

    /** Sets {@code first} to learningRate / (1 - beta1^t) and {@code second} to 1 / sqrt(1 - beta2^t). */
    @Override
    default void prepare(Step step) {
        float rate = (float) (step.learningRate() / correction(beta1(), step.number()));
        step.share(rate, (float) (1 / Math.sqrt(correction(beta2(), step.number()))));
    }

    /** Returns 1 - beta^t, which is exactly 1 once beta^t is below exp(-40); this saves the 30 ns of a power. */
    private static double correction(double beta, long t) {
        return (1 - beta) * t > 40 ? 1 : 1 - Transcendental.pow(beta, t);
    }

    @Override
    default void step(Weights weights, int @Nullable [] rows, float[] gradient, int from, int to, Step step) {
        float[] theta = weights.array(0);
        float[] means = weights.array(1);
        float[] squares = weights.array(2);
        int slot = weights.layout().slotDistance();
        int stride = step.stride();
        float factor = step.factor();
        float keep1 = (float) beta1();
        float take1 = (float) (1 - beta1());
        float keep2 = (float) beta2();
        float take2 = (float) (1 - beta2());
        float eps = (float) epsilon();
        float rate = step.first();
        float correction = step.second();
        float decay = step.decays() ? step.learningRate() * (float) weightDecay() : 0;
        for (int i = from; i < to; i++) {
            int p = rows == null ? i : rows[i] * stride;
            int s0 = rows == null ? i : p + slot;
            int s1 = rows == null ? i : p + 2 * slot;
            float g = rows == null ? gradient[i] : 0 + factor * gradient[i];
            float m = Underflow.round(keep1 * means[s0] + take1 * g);
            float v = Underflow.roundSquare(keep2 * squares[s1] + take2 * (g * g));
            means[s0] = m;
            squares[s1] = v;
            float before = theta[p];
            float move = rate * m / ((float) Math.sqrt(v) * correction + eps);
            theta[p] = decay == 0 ? before - move : Underflow.round(before - (move + decay * before));
        }
    }
}
